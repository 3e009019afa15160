import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonical } from '../../src/core/canonical.ts'
import { ALLOWED_STATES, GRANT_STATES } from '../../src/core/decision.ts'
import { evaluate, groupByRoot, type ScopedSnapshot } from '../../src/core/evaluate.ts'
import { explain } from '../../src/core/explain.ts'
import { reduce } from '../../src/stripe/reduce.ts'
import { anySnapshot } from '../support/any-snapshot.ts'
import { compiled, pro } from '../support/catalogs.ts'
import { holds } from '../support/property.ts'
import { CATALOG } from '../support/stories/catalogs.ts'

const scope = fc.record({ account: fc.constantFrom('', 'acct_1'), livemode: fc.boolean() })
const second = fc.oneof(
  fc.integer({ min: 1_750_000_000, max: 1_780_000_000 }),
  fc.constantFrom(0, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER),
)
const told: fc.Arbitrary<ScopedSnapshot[]> = fc
  .tuple(fc.array(anySnapshot, { maxLength: 16 }), scope, scope, fc.boolean())
  .map(([snapshots, a, b, isMixed]) =>
    snapshots.map((snapshot, index) => ({
      scope: isMixed && index % 2 === 0 ? b : a,
      snapshot,
    })),
  )

const catalogs = [
  pro,
  compiled({
    ...CATALOG,
    policy: {
      grantWhileProcessing: true,
      trial: 'deny',
      sendInvoice: 'paidOnly',
      pauseCollection: 'suspend',
      unpaidUpgrade: 'grantNew',
      oneTimeRefund: 'keep',
      partialRefund: 'revoke',
      subscriptionRefund: 'revoke',
      dispute: 'keep',
      trustClientReferenceId: 'never',
    },
  }),
]

describe('the core is total', () => {
  it('decides whatever states its facts have, in one shape of answer', () => {
    holds(
      fc.property(
        fc.tuple(told, second, fc.constantFrom(...catalogs)),
        ([snapshots, at, catalog]) => {
          const { customers } = evaluate(snapshots, catalog, at)
          for (const decision of Object.values(customers)) {
            expect(Object.keys(decision.features)).toEqual([...catalog.features.keys()])
            for (const access of Object.values(decision.features)) {
              expect(GRANT_STATES).toContain(access.state)
              expect(access.allowed).toBe(ALLOWED_STATES.has(access.state))
              expect(access.reasons.length).toBeGreaterThan(0)
              // What is allowed now has not ended already.
              if (access.allowed && access.until !== null) expect(access.until).toBeGreaterThan(at)
              if (!access.allowed) expect(access.until).toBeNull()
            }
            if (decision.wakeAt !== null) expect(decision.wakeAt).toBeGreaterThan(at)
            // Plain data: what is stored is what was decided.
            expect(JSON.parse(JSON.stringify(decision))).toEqual(decision)
          }
        },
      ),
      3000,
    )
  })

  it('decides the same of the same, however often it is asked and in whatever order it was told', () => {
    const shaken = told.chain((snapshots) =>
      fc.tuple(
        fc.constant(snapshots),
        fc.shuffledSubarray(snapshots, { minLength: snapshots.length }),
        second,
      ),
    )
    holds(
      fc.property(fc.tuple(shaken), ([[inOrder, shakenUp, at]]) => {
        const first = canonical(evaluate(inOrder, pro, at))
        expect(canonical(evaluate(shakenUp, pro, at))).toBe(first)
        expect(canonical(evaluate(structuredClone(inOrder), pro, at))).toBe(first)
      }),
      1500,
    )
  })

  it('tells the story of whatever it decided, in sentences', () => {
    holds(
      fc.property(fc.tuple(told, second), ([snapshots, at]) => {
        const heard = snapshots.map(({ snapshot }) => snapshot)
        for (const decision of Object.values(evaluate(snapshots, pro, at).customers)) {
          const story = explain({ decision, snapshots: heard, catalog: pro })
          for (const { what } of story.timeline) expectSentence(what)
          for (const { what } of story.turns.flatMap(({ deeds }) => deeds)) expectSentence(what)
          for (const { reasons } of decision.grants) {
            for (const { message } of reasons) expectSentence(message)
          }
          for (const { message } of decision.alerts) expectSentence(message)
        }
      }),
      800,
    )
  })

  it('files every snapshot under exactly one root', () => {
    holds(
      fc.property(fc.tuple(fc.array(anySnapshot, { maxLength: 20 })), ([snapshots]) => {
        const filed = [...groupByRoot(snapshots).values()].flat()
        expect(filed).toHaveLength(snapshots.length)
        expect(new Set(filed)).toEqual(new Set(snapshots))
      }),
      500,
    )
  })
})

const KEYS = [
  ...['id', 'status', 'customer', 'metadata', 'items', 'data', 'lines', 'plan', 'price', 'parent'],
  ...['payments', 'charge', 'amount', 'quantity', 'deleted', 'period', 'end', 'start', 'paid'],
  ...[
    'subscription',
    'payment_intent',
    'invoice',
    'mode',
    'payment_status',
    'trial_end',
    'created',
  ],
  ...['customer_id', 'latest_invoice', 'current_period_end', 'proviso_product', '__proto__'],
]
const OBJECTS = [
  ...['customer', 'checkout.session', 'subscription', 'invoice', 'invoice_payment', 'refund'],
  ...['payment_intent', 'charge', 'dispute', 'setup_intent', 'product', 'price'],
  ...['entitlements.active_entitlement_summary', 'test_helpers.test_clock', 'list', 'account'],
]
const { value: json } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(
      fc.constantFrom('active', 'paid', 'complete', 'succeeded', 'sub_1', 'cus_1', 'in_1', 'ada'),
      fc.string({ unit: 'binary', maxLength: 6 }),
      fc.integer(),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
    ),
    fc.array(tie('value'), { maxLength: 3 }),
    fc
      .array(fc.tuple(fc.constantFrom(...KEYS), tie('value')), { maxLength: 6 })
      .map((pairs) => Object.fromEntries(pairs)),
  ),
}))

const bodies = fc
  .array(fc.tuple(fc.constantFrom(...KEYS), json), { maxLength: 10 })
  .map((pairs): Record<string, unknown> => Object.fromEntries(pairs))

describe('any JSON', () => {
  it('on the way from event to access throws nothing and lets nobody in', () => {
    const event = fc.record({
      object: fc.constantFrom(...OBJECTS),
      payload: bodies,
      previous: json,
    })
    holds(
      fc.property(fc.tuple(fc.array(event, { maxLength: 6 }), second), ([events, at]) => {
        const snapshots = events.flatMap(({ object, payload, previous }, index) => {
          const body = { data: { object: { ...payload, object }, previous_attributes: previous } }
          const id = `evt_${String(index)}`
          return reduce({ kind: 'event', id, type: `${object}.updated`, created: at, body })
            .snapshots
        })
        const told = snapshots.map((snapshot) => ({
          scope: { account: '', livemode: true },
          snapshot,
        }))
        const { customers } = evaluate(told, pro, at)
        const allowed = Object.values(customers)
          .flatMap(({ features }) => Object.values(features))
          .filter((access) => access.allowed)
        expect(allowed).toEqual([])
      }),
      3000,
    )
  })
})

/** One line for people: a capital, a full stop, no control characters. */
function expectSentence(text: string): void {
  expect(text).toMatch(/^[^a-z][^\u0000-\u001f\u007f]*\.$/u)
}
