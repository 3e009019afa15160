import fc from 'fast-check'
import type { Snapshot, SubscriptionState } from '../../src/core/fact.ts'

/** A subscription's whole life as Stripe would tell it: every change with its full pre-image. */
export type Life = Snapshot<'subscription'>[]

export const BIRTH = 1_760_000_000
export const DAY = 86_400

/** What a change may touch: few values each, so that states come back and chains loop. */
interface Mutable {
  status: string
  quantity: number
  price: string
  lookupKey: string | null
  isMetered: boolean
  latestInvoice: string | null
  cancelAt: number | null
  isPaused: boolean
  note: string
}

const field = {
  status: fc.constantFrom('active', 'active', 'trialing', 'past_due', 'unpaid', 'frozen'),
  quantity: fc.integer({ min: 1, max: 3 }),
  price: fc.constantFrom('price_pro', 'price_team'),
  lookupKey: fc.constantFrom(null, 'pro_monthly', 'team_monthly'),
  isMetered: fc.boolean(),
  latestInvoice: fc.constantFrom(null, 'in_1', 'in_2'),
  cancelAt: fc.constantFrom(null, BIRTH + 200 * DAY),
  isPaused: fc.boolean(),
  note: fc.constantFrom('', 'a', 'b'),
}

const state: fc.Arbitrary<Mutable> = fc.record(field)

/** A step goes to one of a few states, so that lives go in circles, or changes some fields of the last. */
const step = fc.oneof(
  { weight: 3, arbitrary: fc.nat({ max: 2 }) },
  { weight: 1, arbitrary: fc.record(field, { requiredKeys: [] }) },
)

/** Gaps between changes: none, within a cluster, at its edge, days, and longer than Stripe is ever late. */
export const anyGap = fc.constantFrom(0, 0, 1, 30, 60, 61, 3600, 3 * DAY, 12 * DAY, 40 * DAY)
export const sameSecond = fc.constant(0)
/** Further apart than the events of one cluster. */
export const wideGap = fc.integer({ min: 61, max: 40 * DAY })

export interface LifeOptions {
  gap?: fc.Arbitrary<number>
  minChanges?: number
  maxChanges?: number
  /** Whether `customer.subscription.created` opens it. */
  isBorn?: boolean
}

/** A random life; a change that changes nothing is not told, as at Stripe. */
export function lives(options: LifeOptions = {}): fc.Arbitrary<Life> {
  const { gap = anyGap, minChanges = 0, maxChanges = 8, isBorn } = options
  const changes = fc.array(fc.tuple(step, gap), { minLength: minChanges, maxLength: maxChanges })
  const few = fc.tuple(state, state, state)
  const birth = isBorn === undefined ? fc.boolean() : fc.constant(isBorn)
  return fc.tuple(few, changes, birth).map(([states, steps, hasBirth]) => {
    const life: Life = []
    let now = states[0]
    let at = BIRTH
    if (hasBirth) life.push(snapshot(life.length, 'created', at, stateOf(now), null))
    for (const [to, wait] of steps) {
      at += wait
      const next = typeof to === 'number' ? (states[to] ?? now) : { ...now, ...to }
      const [before, after] = [stateOf(now), stateOf(next)]
      now = next
      if (JSON.stringify(before) === JSON.stringify(after)) continue
      life.push(snapshot(life.length, 'updated', at, after, before))
    }
    return life
  })
}

/** What an API read at second `at` showed. */
export function readOf(after: SubscriptionState | null, at: number, name = 'x') {
  const read: Snapshot<'subscription'> = {
    ...snapshot(0, 'updated', at, stateOf(PLAIN), null),
    after,
    observation: `read_${name}`,
    origin: 'read',
    eventType: 'read',
    request: null,
  }
  return read
}

/** `customer.subscription.deleted` at a second. */
export function endOf(life: Life, at: number): Snapshot<'subscription'> {
  const before = life.at(-1)?.after ?? stateOf(PLAIN)
  const after = { ...before, status: 'canceled', canceledAt: at, endedAt: at }
  return {
    ...snapshot(life.length, 'deleted', at, after, null),
    observation: 'evt_end',
  }
}

export const PLAIN: Mutable = {
  status: 'active',
  quantity: 1,
  price: 'price_pro',
  lookupKey: null,
  isMetered: false,
  latestInvoice: 'in_1',
  cancelAt: null,
  isPaused: false,
  note: '',
}

export function snapshot(
  count: number,
  verb: string,
  at: number,
  after: SubscriptionState,
  before: SubscriptionState | null,
): Snapshot<'subscription'> {
  return {
    type: 'subscription',
    object: 'sub_1',
    observation: `evt_${String(count).padStart(3, '0')}`,
    origin: 'event',
    eventType: `customer.subscription.${verb}`,
    at,
    // Each change is a request of its own: what one request did is told once.
    request: `req_${String(count)}`,
    after,
    before,
  }
}

export function stateOf(fields: Partial<Mutable> = {}): SubscriptionState {
  const values = { ...PLAIN, ...fields }
  return {
    status: values.status,
    customer: 'cus_1',
    created: BIRTH,
    startDate: BIRTH,
    items: [
      {
        id: 'si_1',
        price: values.price,
        product: 'prod_1',
        lookupKey: values.lookupKey,
        quantity: values.quantity,
        unitAmount: 1000,
        isMetered: values.isMetered,
        interval: 'month',
        intervalCount: 1,
        created: BIRTH,
        periodStart: BIRTH,
        periodEnd: BIRTH + 30 * DAY,
      },
    ],
    hasMoreItems: false,
    latestInvoice: values.latestInvoice,
    trialStart: null,
    trialEnd: null,
    cancelAt: values.cancelAt,
    cancelAtPeriodEnd: false,
    canceledAt: null,
    endedAt: null,
    pauseCollection: values.isPaused ? { behavior: 'void', resumesAt: null } : null,
    hasPendingUpdate: false,
    collectionMethod: 'charge_automatically',
    daysUntilDue: null,
    metadata: values.note === '' ? {} : { note: values.note },
    testClock: null,
  }
}
