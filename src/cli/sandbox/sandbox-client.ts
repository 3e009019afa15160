import { ProvisoError } from '../../errors.ts'
import type { SandboxStatus } from '../../sandbox/index.ts'

/** A running sandbox, reached through its control panel. */
export class SandboxClient {
  readonly #url: string

  constructor(url: string) {
    this.#url = url.replace(/\/+$/, '')
  }

  status(): Promise<SandboxStatus> {
    return this.#call<SandboxStatus>('GET', '')
  }

  /** Makes a change (`advance`, `chaos`, `faults`, `settings`) and gives what it answers. */
  change<Answer>(what: string, body: unknown): Promise<Answer> {
    return this.#call<Answer>('POST', `/${what}`, body)
  }

  async #call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(`${this.#url}/_sandbox${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    }).catch((error: unknown) => {
      throw new ProvisoError(
        'config_invalid',
        `No sandbox answers at ${this.#url}; start one with "proviso dev" or "proviso sandbox serve", or give --url.`,
        { cause: error },
      )
    })
    const answer = (await response.json().catch(() => null)) as
      (Answer & { error?: { message?: string } }) | null
    if (response.ok && answer !== null) return answer
    throw new ProvisoError(
      'invalid_request',
      answer?.error?.message ??
        `${this.#url} answered ${response.status}; is it a Proviso sandbox?`,
    )
  }
}
