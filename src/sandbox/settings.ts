/** What a Stripe account sets in its Dashboard, and what a test wants to be quick about. */
export interface Settings {
  /** The version whose shapes events and headerless answers have. */
  readonly apiVersion: string
  /** Seconds an automatic draft invoice waits before it is finalised (stripe-facts row 40). */
  readonly finalizeAfter: number
  /**
   * Whether a draft waits until every endpoint has accepted its `invoice.created`, an hour from then
   * and 72 hours at most (stripe-facts row 40). As Stripe does, but off unless asked for: what an app
   * answers then changes nothing of what happens. Never for customers with a test clock.
   */
  readonly waitForEndpoints: boolean
  /**
   * Days after the first failure at which payment is tried again (stripe-facts rows 42 and 43).
   * Stripe picks the times itself; "the recommended default is 8 tries within 2 weeks" (docs: smart
   * retries), spread here in even steps.
   */
  readonly retryDays: readonly number[]
  /** What becomes of the subscription after the last failed retry (stripe-facts row 43). */
  readonly afterRetries: 'cancel' | 'unpaid' | 'past_due' | 'pause'
  /**
   * What becomes of a subscription's first invoice when its bank debit fails days later: sources
   * conflict (stripe-facts row 23).
   */
  readonly firstDebitFailure: 'void' | 'leave_open'
  /** Days before a renewal at which `invoice.upcoming` is sent (stripe-facts row 40). */
  readonly upcomingDays: number
  /**
   * Days before its end at which a subscription schedule's `expiring` is sent. Stripe documents 7
   * (stripe-facts row 73); the trigger of its CLI stops the clock 9 days before and has the event.
   */
  readonly scheduleExpiringDays: number
  /** What becomes of the invoice after the last failed retry. */
  readonly invoiceAfterRetries: 'open' | 'uncollectible'
  /** The endive option of row 44: pause at the first failed renewal. */
  readonly pauseOnFirstFailure: boolean
  /** Whether a dispute cancels the subscription it was paid for (stripe-facts row 78). */
  readonly cancelOnDispute: boolean
  /** Days past due after which an unpaid send_invoice subscription meets `afterRetries`; null: never. */
  readonly sendInvoiceGiveUpDays: number | null
  /** Seconds a bank debit takes with the ordinary test numbers. */
  readonly bankDebitSeconds: number
  /** Seconds it takes with the test numbers that Stripe calls delayed. */
  readonly slowBankDebitSeconds: number
  /**
   * Whether payments of elevated risk are put up for review: a rule that accounts with Radar for Fraud
   * Teams have (stripe-facts row 82). The test card is 4000 0000 0000 9235.
   */
  readonly reviewElevatedRisk: boolean
  /** Seconds after which a refund that starts as pending, or fails later, does so. */
  readonly refundSeconds: number
}

export const DEFAULT_SETTINGS: Settings = {
  apiVersion: '2026-10-28.endive',
  finalizeAfter: 3_600,
  waitForEndpoints: false,
  retryDays: [1, 3, 5, 7, 9, 11, 13, 14],
  afterRetries: 'cancel',
  firstDebitFailure: 'void',
  upcomingDays: 7,
  scheduleExpiringDays: 9,
  invoiceAfterRetries: 'open',
  pauseOnFirstFailure: false,
  cancelOnDispute: false,
  sendInvoiceGiveUpDays: null,
  bankDebitSeconds: 1,
  slowBankDebitSeconds: 180,
  reviewElevatedRisk: false,
  refundSeconds: 1,
}

/**
 * @throws {RangeError} naming the setting where there is none of that name, or its value is of
 *   another kind.
 */
export function withSettings(base: Settings, change: Partial<Settings>): Settings {
  for (const [name, value] of Object.entries(change)) {
    if (!Object.hasOwn(DEFAULT_SETTINGS, name)) {
      throw new RangeError(
        `settings: no "${name}"; there are ${Object.keys(DEFAULT_SETTINGS).join(', ')}`,
      )
    }
    const known = DEFAULT_SETTINGS[name as keyof Settings]
    const isRight =
      known === null
        ? value === null || typeof value === 'number'
        : typeof value === typeof known && Array.isArray(value) === Array.isArray(known)
    if (!isRight) throw new RangeError(`settings: ${name} cannot be ${JSON.stringify(value)}`)
  }
  return { ...base, ...change }
}
