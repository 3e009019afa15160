import fc from 'fast-check'
import { expect, test } from 'vitest'
import { eventOf } from '../../test/support/reduced.ts'
import { factTypeOfObject } from './object-name.ts'
import type { Observation } from './observation.ts'
import { reduce } from './reduce.ts'

const OBJECTS = [
  'customer',
  'checkout.session',
  'subscription',
  'invoice',
  'invoice_payment',
  'payment_intent',
  'charge',
  'refund',
  'dispute',
  'setup_intent',
  'product',
  'price',
  'plan',
  'entitlements.active_entitlement_summary',
  'test_helpers.test_clock',
]

/** Keys that reducers look for, so that random values meet the code that reads them. */
const KEYS = [
  ...['id', 'status', 'customer', 'metadata', 'items', 'data', 'lines', 'plan', 'price', 'parent'],
  ...['payments', 'payment', 'charges', 'refunds', 'charge', 'amount', 'quantity', 'deleted'],
  ...['pricing', 'price_details', 'product', 'period', 'subscription_details', 'paid', 'has_more'],
  ...['subscription_item_details', 'type', 'recurring', 'entitlements', 'invoice_settings'],
  ...['status_details', 'paused', 'pause_collection', 'created', 'subscription', 'lookup_key'],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty'],
]

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('sub_1', 'cus_1', 'active', '', '\u0000', '\ud800', 'x'.repeat(10_000)),
)

const { value: json } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(text, fc.integer(), fc.double(), fc.boolean(), fc.constant(null)),
    fc.array(tie('value'), { maxLength: 4 }),
    fc
      .array(fc.tuple(fc.oneof(fc.constantFrom(...KEYS), text), tie('value')), { maxLength: 8 })
      .map((pairs) => Object.fromEntries(pairs)),
  ),
}))

const hash = fc
  .array(fc.tuple(fc.constantFrom(...KEYS), json), { maxLength: 12 })
  .map((pairs) => Object.fromEntries(pairs))

const payload = fc
  .tuple(hash, fc.constantFrom(...OBJECTS), fc.constantFrom('obj_1', null, 7, '\u0000'))
  .map(([fields, object, id]) => ({ ...fields, id, object }))

test('reduces any JSON to a fact, a problem or nothing, and never throws', () => {
  fc.assert(
    fc.property(
      fc.constantFrom<Observation['kind']>('event', 'read', 'manual'),
      json,
      text,
      (kind, body, type) => {
        const reduction = reduce({ kind, id: 'evt_1', type, created: 0, body })
        expect(Array.isArray(reduction.snapshots)).toBe(true)
      },
    ),
    { numRuns: 2000 },
  )
})

test('reduces any payload to states that are plain JSON, PostgreSQL can store and do not vary', () => {
  fc.assert(
    fc.property(payload, fc.oneof(hash, json), (object, previous) => {
      const observation = eventOf('invoice.updated', object, { previous })
      const reduction = reduce(observation)
      const written = JSON.stringify(reduction.snapshots)
      expect(JSON.parse(written)).toEqual(reduction.snapshots)
      expect(written).not.toMatch(/\\u0000|\\ud[89a-f]/i)
      expect(JSON.stringify(reduce(structuredClone(observation)).snapshots)).toBe(written)
      if (reduction.snapshots.length === 0) {
        expect(factTypeOfObject(object.object)).toBeDefined()
        expect(reduction.problem).not.toBeNull()
      }
    }),
    { numRuns: 3000 },
  )
})

test('survives JSON nested deeper than any stack', () => {
  const nested = (depth: number) =>
    JSON.parse('{"a":'.repeat(depth) + '1' + '}'.repeat(depth)) as unknown
  const object = { id: 'cus_1', object: 'customer', metadata: nested(5000), extra: nested(5000) }

  const reduction = reduce(
    eventOf('customer.updated', object, {
      previous: { extra: nested(5000), metadata: nested(40) },
    }),
  )

  expect(reduction.snapshots).toHaveLength(1)
})
