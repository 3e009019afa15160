import { invalidRequest, StripeError } from './stripe-error.ts'

export interface Stored {
  readonly status: number
  readonly body: string
}

interface Entry extends Stored {
  readonly fingerprint: string
  /** Unix seconds. */
  readonly at: number
}

/** Stripe forgets keys after at least 24 hours. */
const KEPT_SECONDS = 24 * 3_600

/** The answers to POSTs that carried an Idempotency-Key. */
export class Idempotency {
  readonly #entries = new Map<string, Entry>()

  /**
   * The answer given before, or undefined.
   * @throws {StripeError} `idempotency_error` where the key came with other parameters.
   */
  replay(key: string, fingerprint: string, now: number): Stored | undefined {
    if (key.length > 255) {
      throw invalidRequest('Idempotency-Key is too long: 255 characters at most.')
    }
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    if (now - entry.at > KEPT_SECONDS) {
      this.#entries.delete(key)
      return undefined
    }
    if (entry.fingerprint !== fingerprint) {
      throw new StripeError(400, {
        type: 'idempotency_error',
        message: `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
      })
    }
    return entry
  }

  keep(key: string, fingerprint: string, now: number, answer: Stored): void {
    this.#entries.set(key, { ...answer, fingerprint, at: now })
    for (const [old, entry] of this.#entries) {
      if (now - entry.at <= KEPT_SECONDS) break
      this.#entries.delete(old)
    }
  }
}
