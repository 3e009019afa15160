import { describe, expect, it } from 'vitest'
import { compiled } from '../../test/support/catalogs.ts'
import { access, FEBRUARY, HOUR, item, line, told, JANUARY, DAY } from '../../test/support/told.ts'
import { matchProduct } from './match.ts'

const grants = { x: true } as const
const catalog = compiled({
  features: { x: { type: 'flag' } },
  products: {
    byPrice: { match: { prices: ['price_1'] }, grants },
    byKey: { match: { lookupKeys: ['key_1'] }, grants },
    byEarlierKey: { match: { lookupKeys: ['key_0'] }, grants },
    byProduct: { match: { products: ['prod_1'] }, grants },
  },
})

const match = (
  price: string | null,
  lookupKey: string | null,
  product: string | null,
  earlier: string[] = [],
) => matchProduct(catalog, { price, lookupKey, product }, earlier)?.id ?? null

describe('a price is matched', () => {
  it('by its id before anything else', () => {
    expect(match('price_1', 'key_1', 'prod_1', ['key_0'])).toBe('byPrice')
  })

  it('then by its lookup key', () => {
    expect(match('price_9', 'key_1', 'prod_1', ['key_0'])).toBe('byKey')
  })

  it('then by a key it once carried', () => {
    expect(match('price_9', 'key_9', 'prod_1', ['key_8', 'key_0'])).toBe('byEarlierKey')
    expect(match('price_9', null, 'prod_1', ['key_0'])).toBe('byEarlierKey')
  })

  it('then by its product', () => {
    expect(match('price_9', 'key_9', 'prod_1', ['key_9'])).toBe('byProduct')
  })

  it('by nothing where the catalog names none of these', () => {
    expect(match('price_9', 'key_9', 'prod_9')).toBeNull()
    expect(match(null, null, null)).toBeNull()
  })

  it('never by a name that only looks known', () => {
    expect(match('toString', '__proto__', 'constructor')).toBeNull()
  })
})

describe('a lookup key that moved to a newer price', () => {
  const team = { price: 'price_team', lookupKey: 'team_monthly' }
  const paid = told('invoice', 'in_1', { lines: [line({ price: 'price_team' })] })

  it('still gives its product to who bought the older one', () => {
    const before = told('subscription', 'sub_1', { items: [item(team)] })
    const moved = told(
      'subscription',
      'sub_1',
      { items: [item({ ...team, lookupKey: null })], metadata: { customer_id: 'ada', moved: '1' } },
      { at: JANUARY + DAY },
    )
    const asked = { at: FEBRUARY - HOUR }
    expect(access('exports', [before, moved, paid], asked)).toMatchObject({ allowed: true })
    expect(access('exports', [moved, before, paid], asked)).toMatchObject({ allowed: true })
  })

  it('gives nothing where the key was never seen', () => {
    const keyless = told('subscription', 'sub_1', { items: [item({ ...team, lookupKey: null })] })
    expect(access('exports', [keyless, paid])).toMatchObject({ allowed: false })
  })
})
