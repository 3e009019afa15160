import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ALLOWED_STATES } from '../../src/core/decision.ts'
import { evaluate } from '../../src/core/evaluate.ts'
import { compiled } from '../support/catalogs.ts'
import { holds } from '../support/property.ts'
import { DAY, JANUARY, told } from '../support/told.ts'

/** What every plain object answers to without having been given it. */
const INHERITED = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'] as const
const inherited = fc.constantFrom(...INHERITED)
/** `__proto__` is no name of a feature, product or metadata key: catalogs and the border refuse it. */
const named = fc.constantFrom(...INHERITED.filter((name) => name !== '__proto__'))

const scope = { account: '', livemode: true }
const at = JANUARY + DAY

/** A catalog whose feature, product and metadata key are called so. */
const called = (feature: string, product: string, customerIdMetadataKey: string) =>
  compiled({
    features: { [feature]: { type: 'flag' }, plain: { type: 'flag' } },
    products: { [product]: { match: { prices: ['price_pro'] }, grants: { [feature]: true } } },
    policy: { customerIdMetadataKey },
  })

const evaluated = (
  snapshots: readonly ReturnType<typeof told>[],
  catalog = called('f', 'p', 'k'),
) =>
  evaluate(
    snapshots.map((snapshot) => ({ scope, snapshot })),
    catalog,
    at,
  )

describe('names that every object answers to', () => {
  it('as ids of customers are customers like others', () => {
    holds(
      fc.property(fc.tuple(inherited, fc.boolean()), ([customer, isTwice]) => {
        const grant = told('manual_grant', 'act_1', { customer, feature: 'f' })
        const other = told('manual_grant', 'act_2', { customer: 'ada', feature: 'f' })
        const { customers } = evaluated(isTwice ? [grant, other] : [grant])
        expect(Object.keys(customers).sort()).toEqual(
          isTwice ? ['ada', customer].sort() : [customer],
        )
        expect(customers[customer]).toMatchObject({
          customer,
          features: { f: { allowed: true }, plain: { allowed: false } },
        })
      }),
      60,
    )
  })

  it('answer for nobody and nothing where nobody was called so', () => {
    const { customers } = evaluated([told('manual_grant', 'act_1', { feature: 'f' })])
    for (const name of INHERITED) {
      expect(customers[name]).toBeUndefined()
      expect(customers['ada']?.features[name]).toBeUndefined()
    }
  })

  it('name features, products and metadata keys as any other name does', () => {
    holds(
      fc.property(fc.tuple(named, named, named), ([feature, product, key]) => {
        const catalog = called(feature, product, key)
        const subscription = told('subscription', 'sub_1', { metadata: { [key]: 'ada' } })
        const { customers } = evaluated([subscription, told('invoice', 'in_1')], catalog)
        expect(Object.keys(customers)).toEqual(['ada'])
        expect(customers['ada']?.features[feature]).toMatchObject({ allowed: true })
        expect(customers['ada']?.features['plain']).toMatchObject({ allowed: false })
      }),
      100,
    )
  })

  it('name nobody where a metadata key is called so and nothing is written under it', () => {
    holds(
      fc.property(fc.tuple(inherited), ([key]) => {
        const subscription = told('subscription', 'sub_1', { metadata: {} })
        const catalog = called('f', 'p', key)
        expect(Object.keys(evaluated([subscription], catalog).customers)).toEqual(['cus_1'])
      }),
      20,
    )
  })

  it('name no product, price, status or feature of theirs in what Stripe says', () => {
    holds(
      fc.property(fc.tuple(inherited, inherited), ([name, other]) => {
        const { customers } = evaluated([
          told('checkout_session', 'cs_1', {
            paymentStatus: name,
            metadata: Object.fromEntries([['proviso_product', other]]),
          }),
          told('invoice', 'in_1', { status: name }),
          told('dispute', 'dp_1', { status: name }),
          told('entitlement_summary', 'cus_1', { lookupKeys: [name, other] }),
          told('manual_grant', 'act_1', { feature: name }),
        ])
        const states = Object.values(customers).flatMap((decision) =>
          Object.values(decision.features).map(({ state }) => state),
        )
        expect(states.length).toBeGreaterThan(0)
        expect(states.filter((state) => ALLOWED_STATES.has(state))).toEqual([])
      }),
      60,
    )
  })
})
