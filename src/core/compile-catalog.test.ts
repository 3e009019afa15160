import { describe, expect, it } from 'vitest'
import type { CatalogDefinition } from './catalog.ts'
import { compileCatalog, DEFAULT_POLICY, defineCatalog } from './compile-catalog.ts'

const definition = {
  features: { export: { type: 'flag', stripeFeature: 'exporting' }, seats: { type: 'quantity' } },
  products: {
    pro: {
      match: { prices: ['price_1'], lookupKeys: ['pro'], products: ['prod_1'] },
      grants: { export: true, seats: 'quantity' },
      policy: { pastDueGraceDays: 14 },
    },
    pass: { match: { prices: ['price_2'] }, grants: { export: true }, duration: { days: 30 } },
  },
  policy: { trial: 'deny' },
} satisfies CatalogDefinition

function compile(value: unknown) {
  const result = compileCatalog(value)
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return result.catalog
}

describe('compileCatalog', () => {
  it('builds the lookups', () => {
    const catalog = compile(definition)
    expect([...catalog.byPrice]).toEqual([
      ['price_1', 'pro'],
      ['price_2', 'pass'],
    ])
    expect([...catalog.byLookupKey]).toEqual([['pro', 'pro']])
    expect([...catalog.byStripeProduct]).toEqual([['prod_1', 'pro']])
    expect([...catalog.byStripeFeature]).toEqual([['exporting', ['export']]])
    expect(catalog.products.get('pass')?.durationDays).toBe(30)
    expect(catalog.products.get('pro')?.durationDays).toBeNull()
  })

  it('lets the catalog override the defaults and a product the catalog', () => {
    const catalog = compile(definition)
    expect(catalog.policy).toEqual({ ...DEFAULT_POLICY, trial: 'deny' })
    expect(catalog.products.get('pro')?.policy).toMatchObject({
      trial: 'deny',
      pastDueGraceDays: 14,
    })
    expect(catalog.products.get('pass')?.policy.pastDueGraceDays).toBe(7)
  })

  it('gives every problem and no catalog where there is one', () => {
    const result = compileCatalog({ features: { a: {} }, products: { b: { grants: { c: true } } } })
    expect(result).toMatchObject({
      ok: false,
      problems: [{ path: 'features.a.type' }, { path: 'products.b.grants.c' }],
    })
  })

  it('takes the same catalog as JSON', () => {
    expect(compile(JSON.parse(JSON.stringify(definition)))).toEqual(compile(definition))
  })

  it('has one fingerprint per meaning, whatever the order of keys and defaults written out', () => {
    const { fingerprint } = compile(definition)
    expect(fingerprint).toMatch(/^[0-9a-f]{16}$/)
    const { features, products, policy } = definition
    expect(compile({ policy, products, features }).fingerprint).toBe(fingerprint)
    const spelled = { ...definition, policy: { ...DEFAULT_POLICY, trial: 'deny' } }
    expect(compile(spelled).fingerprint).toBe(fingerprint)
  })

  it('has another fingerprint when anything a decision reads changes', () => {
    const { fingerprint } = compile(definition)
    const { features, products, policy } = definition
    const { pro, pass } = products
    for (const changed of [
      { features, products },
      { features, policy, products: { pro, pass: { ...pass, duration: { days: 31 } } } },
      { features, policy, products: { pro: { ...pro, grants: { export: true } }, pass } },
      { features, policy, products: { pro: { ...pro, match: { prices: ['price_9'] } }, pass } },
      { features: { ...features, more: { type: 'credits' } }, policy, products },
    ]) {
      expect(compile(changed).fingerprint).not.toBe(fingerprint)
    }
  })
})

describe('defineCatalog', () => {
  it('gives back what it is given', () => {
    const given = { features: { export: { type: 'flag' } }, products: {} } as const
    expect(defineCatalog(given)).toBe(given)
  })

  it('checks names and values when it is compiled', () => {
    // These calls are checked by tsc: a line without its error fails the build.
    const catalogs = [
      defineCatalog({
        features: { export: { type: 'flag' } },
        // @ts-expect-error no feature is named exports
        products: { pro: { grants: { exports: true } } },
      }),
      defineCatalog({
        // @ts-expect-error no such type of feature
        features: { export: { type: 'switch' } },
        products: {},
      }),
      defineCatalog({
        features: { seats: { type: 'quantity' } },
        // @ts-expect-error a grant is not a text
        products: { pro: { grants: { seats: 'many' } } },
      }),
      defineCatalog({
        features: { export: { type: 'flag' } },
        products: {},
        // @ts-expect-error no such trial policy
        policy: { trial: 'maybe' },
      }),
      defineCatalog({
        features: { export: { type: 'flag' } },
        // @ts-expect-error identity is the catalog's alone
        products: { pro: { grants: {}, policy: { customerIdMetadataKey: 'user' } } },
      }),
    ]
    const refused = catalogs.map((catalog) => compileCatalog(catalog).ok)
    expect(refused).toEqual([false, false, false, false, false])
  })

  it('lets a product give some of the features', () => {
    const catalog = defineCatalog({
      features: { export: { type: 'flag' }, seats: { type: 'quantity' } },
      products: { pro: { grants: { seats: 3 } }, none: { grants: {} } },
    })
    expect(compileCatalog(catalog).ok).toBe(true)
  })
})
