/** What a receiver is sent: an ordinary webhook request. */
export interface Delivery {
  readonly eventId: string
  readonly type: string
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

/** Whose events a receiver takes them for: ids, `acct_…`. */
export interface EventOrigin {
  /** As a platform hears of a connected account: `account` (stripe-facts row 94). */
  readonly account?: string
  /** As an organization hears of its accounts: `context` (row 95). Finalisation never waits for it. */
  readonly context?: string
}

/** Where events go. Registered endpoints, apps under test and `stripe listen` are all such. */
export interface Destination {
  readonly id: string
  /** The shapes its events have; null: those of the account's version. */
  readonly apiVersion: string | null
  readonly secret: string
  /** Absent: the account's own. */
  readonly from?: EventOrigin
  wants(type: string): boolean
  /** @returns the HTTP status, or 0 where nothing answered. Never rejects. */
  deliver(delivery: Delivery): Promise<number>
}

/** Seconds after which a request counts as unanswered. */
const TIMEOUT_SECONDS = 30

/** A destination that is a URL. */
export async function post(url: string, { body, headers }: Delivery): Promise<number> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      body,
      headers,
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_SECONDS * 1_000),
    })
    await response.arrayBuffer()
    return response.status
  } catch {
    return 0
  }
}

/** Redirects count as failures, as at Stripe. */
export function isAccepted(status: number): boolean {
  return status >= 200 && status < 300
}
