import qs from 'qs'
import { SANDBOX_KEY } from '../../../src/sandbox/index.ts'

export interface Answer {
  readonly status: number
  // Tests read what they expect; a wrong shape fails the expectation.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly body: any
  readonly headers: Headers
}

export type Params = Readonly<Record<string, unknown>>

interface Fetchable {
  fetch(request: Request): Promise<Response>
}

export interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>
  /** The version asked for; null sends no header, as Stripe's CLI does. */
  readonly version?: string | null
}

/** One call of the sandbox's API, form-encoded as Stripe's SDK does. */
export async function call(
  sandbox: Fetchable,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  params: Params = {},
  { headers = {}, version = '2026-10-28.endive' }: CallOptions = {},
): Promise<Answer> {
  const encoded = qs.stringify(params, { arrayFormat: 'indices' })
  const query = method !== 'POST' && encoded !== '' ? `?${encoded}` : ''
  const response = await sandbox.fetch(
    new Request(`http://sandbox.invalid${path}${query}`, {
      method,
      headers: {
        authorization: `Bearer ${SANDBOX_KEY}`,
        ...(version === null ? {} : { 'stripe-version': version }),
        ...(method === 'POST' ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
        ...headers,
      },
      ...(method === 'POST' ? { body: encoded } : {}),
    }),
  )
  return {
    status: response.status,
    body: (await response.json()) as unknown,
    headers: response.headers,
  }
}

/** The body of a call that has to succeed. */
export async function ok(
  sandbox: Fetchable,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  params: Params = {},
  options: CallOptions = {},
): Promise<Answer['body']> {
  const { status, body } = await call(sandbox, method, path, params, options)
  if (status !== 200)
    throw new Error(`${method} ${path} answered ${status}: ${JSON.stringify(body)}`)
  return body
}
