import { expect } from 'vitest'
import type { Sandbox } from '../../../src/sandbox/index.ts'
import { describeViolation, validateAnswer, validateEvent } from '../judges/sdk-schema.ts'
import { call, type CallOptions, type Params } from '../support/call.ts'

/** A call that has to succeed, with an answer that the SDK's types allow. */
export async function good(
  sandbox: Sandbox,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  params: Params = {},
  options: CallOptions = {},
) {
  const { status, body } = await call(sandbox, method, path, params, options)
  expect(status, JSON.stringify(body)).toBe(200)
  expect(
    validateAnswer({ method, path: path.split('?', 1)[0] ?? '', status, body }).map(
      describeViolation,
    ),
  ).toEqual([])
  return body
}

/** A call that has to be refused: the error's code (or its type) and param. */
export async function refused(
  sandbox: Sandbox,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  params: Params = {},
  options: CallOptions = {},
) {
  const { status, body } = await call(sandbox, method, path, params, options)
  expect(status, JSON.stringify(body)).toBeGreaterThanOrEqual(400)
  return { status, ...body.error }
}

/** A JSON body, as /v2 takes it. */
export async function postJson(
  sandbox: Sandbox,
  path: string,
  body: unknown,
  token = 'sk_test_localsandbox1',
) {
  const response = await sandbox.fetch(
    new Request(`http://sandbox.invalid${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'stripe-version': '2026-10-28.endive',
      },
      body: JSON.stringify(body),
    }),
  )
  // Tests read what they expect; a wrong shape fails the expectation.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  return { status: response.status, body: (await response.json()) as any }
}

/** The snapshot events so far, oldest first, each allowed by the SDK's types. */
export function eventsOf(sandbox: Sandbox) {
  const events = [...sandbox.world.events.values()]
  for (const event of events) {
    const shown = { ...event, emitted: undefined, pending_webhooks: 0 }
    const plain: unknown = JSON.parse(JSON.stringify(shown))
    expect(validateEvent(plain).map(describeViolation), event.type).toEqual([])
  }
  return events
}

export function typesOf(sandbox: Sandbox): string[] {
  return eventsOf(sandbox).map(({ type }) => type)
}
