import { renderEvent } from '../../../src/sandbox/delivery/render-event.ts'
import { createSandbox, type Sandbox, type SandboxOptions } from '../../../src/sandbox/index.ts'
import type { SnapshotEvent } from '../../../src/sandbox/world/event.ts'
import { describeViolation, validateAnswer, validateEvent } from '../judges/sdk-schema.ts'
import { call, type Answer, type CallOptions, type Params } from '../support/call.ts'

export interface Judged {
  readonly sandbox: Sandbox
  /** A call whose answer and events the SDK's types must accept. */
  call(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    params?: Params,
    options?: CallOptions,
  ): Promise<Answer>
  get(path: string, params?: Params): Promise<Answer['body']>
  /** The body of a POST that has to succeed. */
  post(path: string, params?: Params, options?: CallOptions): Promise<Answer['body']>
  /** The error of a POST that has to be refused. */
  refused(path: string, params?: Params): Promise<Answer['body']>
  advance(seconds: number): Promise<void>
  /** Types of the events since the last time asked, oldest first. */
  events(): string[]
  /** The newest event of a type. */
  event(type: string): SnapshotEvent
}

/** A sandbox at 15 January 2026, 12:00 UTC, whose every answer and event is judged. */
export async function judged(options: SandboxOptions = {}): Promise<Judged> {
  const sandbox = await createSandbox({ seed: 'money', now: NOW, ...options })
  const emitted: SnapshotEvent[] = []
  let told = 0
  let checked = 0
  sandbox.world.onEvent((event) => {
    if (event.object === 'event') emitted.push(event)
  })
  const judgeEvents = () => {
    for (; checked < emitted.length; checked += 1) {
      const event = emitted[checked]
      if (event === undefined) continue
      const rendered = renderEvent(sandbox.world, event, event.api_version, 0)
      const violations = validateEvent(JSON.parse(JSON.stringify(rendered)))
      if (violations.length > 0) {
        throw new Error(`${event.type}: ${violations.map(describeViolation).join('; ')}`)
      }
    }
  }
  const judgedCall: Judged['call'] = async (method, path, params, callOptions) => {
    const answer = await call(sandbox, method, path, params, callOptions)
    const violations = validateAnswer({ method, path, status: answer.status, body: answer.body })
    if (violations.length > 0) {
      throw new Error(`${method} ${path}: ${violations.map(describeViolation).join('; ')}`)
    }
    judgeEvents()
    return answer
  }
  return {
    sandbox,
    call: judgedCall,
    get: async (path, params) => (await judgedCall('GET', path, params)).body,
    post: async (path, params, callOptions) => {
      const { status, body } = await judgedCall('POST', path, params, callOptions)
      if (status !== 200) throw new Error(`POST ${path}: ${status} ${JSON.stringify(body)}`)
      return body
    },
    refused: async (path, params) => {
      const { status, body } = await judgedCall('POST', path, params)
      if (status < 400) throw new Error(`POST ${path} was not refused: ${JSON.stringify(body)}`)
      return { status, ...body.error }
    },
    advance: async (seconds) => {
      await sandbox.advance({ seconds })
      judgeEvents()
    },
    events: () => {
      const types = emitted.slice(told).map((event) => event.type)
      told = emitted.length
      return types
    },
    event: (type) => {
      const found = emitted.filter((event) => event.type === type).at(-1)
      if (found === undefined)
        throw new Error(`no event ${type} among ${emitted.map((e) => e.type).join(', ')}`)
      return found
    },
  }
}

/** 15 January 2026, 12:00 UTC, in Unix seconds. */
export const NOW = 1_768_478_400
