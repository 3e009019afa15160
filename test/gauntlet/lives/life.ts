import fc from 'fast-check'
import type { Policy } from '../../../src/core/catalog.ts'
import type { Settings } from '../../../src/sandbox/index.ts'
import type { Step } from './kind.ts'
import { KINDS } from './kinds/all.ts'
import type { Identity } from './life-stage.ts'

const DAY = 86_400

/** What a life is made of. Plain data: printed as JSON it can be played again. */
export interface Life {
  readonly policy: Partial<Policy>
  readonly combine: 'sum' | 'max'
  readonly settings: Partial<Settings>
  readonly identity: Identity
  /** Seconds between two steps, beside what they wait themselves; 0: a script's haste. */
  readonly gap: number
  /** Two years, or some weeks after the last step. */
  readonly ends: 'soon' | 'late'
  readonly steps: readonly Step[]
}

// The first of each list is the default: a failure shrinks towards it.
const policy: fc.Arbitrary<Partial<Policy>> = fc.record({
  grantWhileProcessing: fc.constantFrom(false, true),
  trial: fc.constantFrom('grant', 'grant', 'grant', 'deny'),
  pastDueGraceDays: fc.constantFrom(7, 7, 0, 3, 14),
  renewalWindowHours: fc.constantFrom(72, 72, 2, 24),
  sendInvoice: fc.constantFrom('untilDue', 'untilDue', 'paidOnly'),
  pauseCollection: fc.constantFrom('keep', 'suspend'),
  unpaidUpgrade: fc.constantFrom('keepOld', 'keepOld', 'grantNew'),
  oneTimeRefund: fc.constantFrom('revoke', 'revoke', 'keep'),
  partialRefund: fc.constantFrom('keep', 'keep', 'revoke'),
  subscriptionRefund: fc.constantFrom('keep', 'revoke'),
  dispute: fc.constantFrom('suspend', 'suspend', 'keep'),
} as const)

const settings: fc.Arbitrary<Partial<Settings>> = fc.record({
  retryDays: fc.constantFrom([1, 3, 5, 7], [3], []),
  afterRetries: fc.constantFrom('cancel', 'unpaid', 'past_due', 'pause'),
  invoiceAfterRetries: fc.constantFrom('open', 'open', 'uncollectible'),
  firstDebitFailure: fc.constantFrom('void', 'leave_open'),
  bankDebitSeconds: fc.constantFrom(5 * DAY, DAY, 1),
  cancelOnDispute: fc.constantFrom(false, false, false, true),
  pauseOnFirstFailure: fc.constantFrom(false, false, false, true),
  sendInvoiceGiveUpDays: fc.constantFrom(null, 30),
} as const)

const step: fc.Arbitrary<Step> = fc.oneof(
  ...KINDS.map(({ weight, steps }) => ({ weight, arbitrary: steps })),
)

/** Something is bought first: what comes before a purchase does nothing. */
const purchase: fc.Arbitrary<Step> = fc.oneof(
  ...KINDS.filter(({ name }) => ['subscribe', 'checkout', 'once', 'invoiced'].includes(name)).map(
    ({ weight, steps }) => ({ weight, arbitrary: steps }),
  ),
)

/**
 * Eight to two dozen steps. Each may be left out, first of all that a failure shrinks to; lists alone
 * would keep their least length.
 */
export const LIVES: fc.Arbitrary<Life> = fc
  .record({
    ends: fc.constantFrom('soon', 'late', 'late', 'late'),
    first: fc.option(purchase, { freq: 10 }),
    rest: fc.array(fc.option(step, { freq: 10 }), { minLength: 9, maxLength: 24, size: 'max' }),
    gap: fc.constantFrom(90, 90, 3, 0),
    policy,
    combine: fc.constantFrom('sum', 'max'),
    settings,
    identity: fc.constantFrom('onCustomer', 'onCustomer', 'onPurchase', 'nowhere'),
  } as const)
  .map(({ first, rest, ...frame }) => ({
    ...frame,
    steps: [first, ...rest].filter((one) => one !== null),
  }))
