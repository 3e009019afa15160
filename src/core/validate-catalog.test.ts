import { describe, expect, it } from 'vitest'
import { validateCatalog } from './validate-catalog.ts'

const FEATURES = {
  export: { type: 'flag' },
  seats: { type: 'quantity' },
  calls: { type: 'metered', meter: 'api_calls' },
  credits: { type: 'credits' },
}

const problems = (definition: unknown) =>
  validateCatalog(definition).map(({ path, message }) => `${path}: ${message}`)

/** Problems of a catalog with one product. */
const ofProduct = (product: unknown) => problems({ features: FEATURES, products: { pro: product } })

describe('a catalog', () => {
  it('that is right has no problems', () => {
    expect(
      problems({
        $schema: './catalog.schema.json',
        features: {
          ...FEATURES,
          seats: { type: 'quantity', combine: 'max' },
          support: { type: 'flag', stripeFeature: 'priority_support' },
        },
        products: {
          pro: {
            match: { products: ['prod_1'], prices: ['price_1'], lookupKeys: ['pro_monthly'] },
            grants: {
              export: true,
              seats: 'quantity',
              calls: { limit: 10_000, per: 'quantity' },
              credits: { amount: 100 },
            },
            duration: { days: 0.5 },
            policy: { pastDueGraceDays: 0, trial: 'deny' },
          },
          open: { grants: { seats: 5, calls: { limit: null } } },
        },
        policy: { customerIdMetadataKey: 'user', outageHoldHours: 0 },
      }),
    ).toEqual([])
  })

  it('for manual grants alone needs no products', () => {
    expect(problems({ features: FEATURES, products: {} })).toEqual([])
  })

  it.each([undefined, null, 7, 'catalog', [], true])(
    'that is %j is refused in one line',
    (value) => {
      expect(problems(value)).toHaveLength(1)
    },
  )

  it('names every problem at once, each with its path', () => {
    const found = validateCatalog({
      features: { export: { type: 'flog' }, 'bad name': { type: 'flag' }, seats: 'quantity' },
      products: {
        pro: { match: { prices: 'price_1' }, grants: { missing: true } },
        plus: { grants: { 'bad name': 3 }, duration: { days: 0 }, polic: {} },
      },
      policy: { trial: 'maybe', graceDays: 3 },
      extra: 1,
    })
    expect(found.map(({ path }) => path)).toEqual([
      'extra',
      'features.export.type',
      'features.bad name',
      'features.seats',
      'products.pro.match.prices',
      'products.pro.grants.missing',
      'products.plus.polic',
      'products.plus.grants.bad name',
      'products.plus.duration',
      'policy.trial',
      'policy.graceDays',
    ])
    for (const { message } of found) expect(message).not.toBe('')
  })
})

describe('a feature', () => {
  it.each([
    [{ type: 'flag', combine: 'sum' }, 'features.x.combine: only quantities combine'],
    [{ type: 'quantity', combine: 'min' }, 'features.x.combine: is "min"; use "sum", "max"'],
    [
      { type: 'flag', meter: 'api_calls' },
      'features.x.meter: belongs to metered features; this one is flag',
    ],
    [{ type: 'metered', meter: '' }, 'features.x.meter: is ""; use a non-empty text'],
    [{ type: 'flag', stripeFeature: 7 }, 'features.x.stripeFeature: is 7; use a non-empty text'],
    [
      { type: 'flag', combin: 'sum' },
      'features.x.combin: is not known here (known: type, meter, combine, stripeFeature)',
    ],
    [{}, 'features.x.type: is undefined; use "flag", "quantity", "metered", "credits"'],
  ])('%j is refused', (feature, problem) => {
    expect(problems({ features: { x: feature }, products: {} })).toEqual([problem])
  })

  it.each(['x', '9', 'A.b_c:d-e', 'x'.repeat(100)])('may be named %j', (name) => {
    expect(problems({ features: { [name]: { type: 'flag' } }, products: {} })).toEqual([])
  })

  it('of Stripe’s own may have no empty name', () => {
    const features = { x: { type: 'flag', stripeFeature: '' } }
    expect(problems({ features, products: {} })).toEqual([
      'features.x.stripeFeature: is ""; use a non-empty text',
    ])
  })

  it('that is no object shows what it is, cut where it is long', () => {
    const features = { x: 'y'.repeat(200) }
    expect(problems({ features, products: {} })).toEqual([
      `features.x: is "${'y'.repeat(79)}; use {"type": "flag"}`,
    ])
  })

  it.each(['', '-x', 'a b', '__proto__', 'ä', 'x'.repeat(101)])('cannot be named %j', (name) => {
    const features = JSON.parse(`{${JSON.stringify(name)}: {"type": "flag"}}`) as unknown
    expect(problems({ features, products: {} })).toHaveLength(1)
  })
})

describe('a policy', () => {
  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
    'named %s is refused like any other unknown one',
    (name) => {
      const policy = JSON.parse(`{${JSON.stringify(name)}: "grant"}`) as unknown
      const catalog = { features: FEATURES, products: { pro: { grants: {}, policy } }, policy }
      const found = problems(catalog)
      expect(found).toHaveLength(2)
      expect(found[0]).toContain(`products.pro.policy.${name}: is not a policy`)
      expect(found[1]).toContain(`policy.${name}: is not a policy`)
    },
  )
})

describe('a product', () => {
  it('cannot grant a feature the catalog does not have', () => {
    expect(ofProduct({ grants: { exports: true } })).toEqual([
      'products.pro.grants.exports: is not a feature of this catalog (known: export, seats, calls, credits)',
    ])
  })

  it.each([
    ['export', false],
    ['export', 1],
    ['seats', true],
    ['seats', -1],
    ['seats', 1.5],
    ['seats', { limit: 3 }],
    ['calls', 10],
    ['calls', { limit: -1 }],
    ['calls', { limit: '10' }],
    ['calls', { limit: 10, per: 'seat' }],
    ['calls', { amount: 10 }],
    ['calls', {}],
    ['credits', { amount: null }],
    ['credits', { amount: -5 }],
    ['credits', { limit: 5 }],
    ['credits', 5],
    ['credits', null],
  ])('cannot grant %s as %j', (feature, grant) => {
    const found = ofProduct({ grants: { [feature]: grant } })
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(`products.pro.grants.${feature}: is ${JSON.stringify(grant)};`)
  })

  it.each(['prices', 'products', 'lookupKeys'])(
    'cannot share one of its %s with another',
    (kind) => {
      const match = { [kind]: ['same_1', 'other_1'] }
      expect(
        problems({
          features: FEATURES,
          products: {
            pro: { match, grants: {} },
            plus: { match: { [kind]: ['same_1'] }, grants: {} },
          },
        }),
      ).toEqual([
        `products.plus.match.${kind}[0]: "same_1" already belongs to product "pro"; one purchase gives one product, so take it out of one of them`,
      ])
    },
  )

  it('may name a price twice itself, and one id as price and as lookup key', () => {
    expect(
      ofProduct({ match: { prices: ['a', 'a'], lookupKeys: ['a'] }, grants: { export: true } }),
    ).toEqual([])
  })

  it.each([
    [7, 'products.pro: is 7; use {"match": {…}, "grants": {…}}'],
    [{ match: [], grants: {} }, 'products.pro.match: is []; use {"prices": ["price_…"]}'],
    [
      { match: { prices: [7] }, grants: {} },
      'products.pro.match.prices[0]: is 7; use a non-empty text',
    ],
    [
      { match: { plans: ['p'] }, grants: {} },
      'products.pro.match.plans: is not known here (known: products, prices, lookupKeys)',
    ],
    [{}, 'products.pro.grants: is undefined; name the features it gives, e.g. {"export": true}'],
  ])('%j is refused', (product, problem) => {
    expect(ofProduct(product)).toEqual([problem])
  })

  it.each([36_500, 0.001, 1])('may last %j days', (days) => {
    expect(ofProduct({ grants: {}, duration: { days } })).toEqual([])
  })

  it.each([36_500.5, 30, 'forever', {}, []])('cannot last %j', (duration) => {
    const value = typeof duration === 'number' && duration > 100 ? { days: duration } : duration
    expect(ofProduct({ grants: {}, duration: value })).toEqual([
      `products.pro.duration: is ${JSON.stringify(value)}; use {"days": 30}, more than 0, or leave it out for good`,
    ])
  })

  it('may give none of a quantity, a limit or credits', () => {
    const grants = { seats: 0, calls: { limit: 0 }, credits: { amount: 0, per: 'quantity' } }
    expect(ofProduct({ grants })).toEqual([])
  })

  it.each([
    ['calls', { limit: 10, overage: 'bill' }],
    ['calls', { limit: null, overage: 'block', per: 'quantity' }],
    ['credits', { amount: 10, expiresAfterDays: 0.5 }],
    ['credits', { amount: 10, expiresAfterDays: 36_500, per: 'quantity' }],
  ])('may grant %s as %j', (feature, grant) => {
    expect(ofProduct({ grants: { [feature]: grant } })).toEqual([])
  })

  it.each([
    ['calls', { limit: 10, overage: 'warn' }, 'has overage "warn"; use "block" to refuse'],
    ['credits', { amount: 1, expiresAfterDays: 0 }, 'has expiresAfterDays 0; use a number of days'],
    ['credits', { amount: 1, expiresAfterDays: '30' }, 'has expiresAfterDays "30"; use a number'],
    ['credits', { amount: 1, expiresAfterDays: 36_501 }, 'has expiresAfterDays 36501; use a'],
    ['credits', { amount: 1, expiresAfterDays: null }, 'has expiresAfterDays null; use a number'],
  ])('cannot grant %s as %j, and says why', (feature, grant, problem) => {
    const found = ofProduct({ grants: { [feature]: grant } })
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(`products.pro.grants.${feature}: ${problem}`)
  })

  it.each([
    ['calls', { limit: 10, expiresAfterDays: 3 }],
    ['credits', { amount: 10, overage: 'bill' }],
    ['calls', { limit: 10, extra: 1 }],
    ['credits', { amount: 10, per: 'seat' }],
    ['calls', { limit: 1.5 }],
    ['credits', { amount: 2 ** 53 }],
    ['seats', 'many'],
    ['export', 'true'],
  ])('cannot grant %s as %j either', (feature, grant) => {
    expect(ofProduct({ grants: { [feature]: grant } })).toHaveLength(1)
  })

  it('cannot let through to be billed what is told to no meter, and says how to mend it', () => {
    const found = problems({
      features: { minutes: { type: 'metered' } },
      products: {
        pro: { grants: { minutes: { limit: 10, overage: 'bill' } } },
        free: { grants: { minutes: { limit: 10, overage: 'block' } } },
      },
    })
    expect(found).toEqual([
      'products.pro.grants.minutes: has overage "bill", but nothing reports "minutes" to Stripe: name its meter, features.minutes.meter = the meter\'s event_name, or use "block", or {"limit": null} for no limit at all',
    ])
  })

  it('that is wrong does not hide what is wrong with the next', () => {
    const found = problems({
      features: { bad: 7, worse: { type: 'none' }, export: { type: 'flag' } },
      products: {
        one: 7,
        two: { match: { prices: 7, lookupKeys: [''] }, grants: 7 },
        'no good': { grants: {} },
      },
    })
    expect(found.map((problem) => problem.split(':')[0])).toEqual([
      'features.bad',
      'features.worse.type',
      'products.one',
      'products.two.match.prices',
      'products.two.match.lookupKeys[0]',
      'products.two.grants',
      'products.no good',
    ])
  })

  it.each([0, -1, 40_000, '30', null, Infinity])('cannot last %j days', (days) => {
    expect(ofProduct({ grants: {}, duration: { days } })).toHaveLength(1)
  })
})

describe('a policy', () => {
  it.each([
    ['pastDueGraceDays', -1],
    ['pastDueGraceDays', '7'],
    ['renewalWindowHours', Number.NaN],
    ['processingDays', 1e9],
    ['grantWhileProcessing', 'yes'],
    ['trial', 'allow'],
    ['sendInvoice', 'now'],
    ['pauseCollection', 'stop'],
    ['unpaidUpgrade', 'keep'],
    ['oneTimeRefund', 'suspend'],
    ['partialRefund', true],
    ['subscriptionRefund', null],
    ['dispute', 'revoke'],
    ['customerIdMetadataKey', ''],
    ['customerIdMetadataKey', 'x'.repeat(41)],
    ['trustClientReferenceId', 'sometimes'],
    ['lateUsage', 'keep'],
  ])('%s cannot be %j', (name, value) => {
    const found = problems({ features: FEATURES, products: {}, policy: { [name]: value } })
    expect(found).toHaveLength(1)
    expect(found[0]).toMatch(new RegExp(`^policy\\.${name}: is .*; use `))
  })

  it.each([
    ['pastDueGraceDays', 0],
    ['pastDueGraceDays', 100_000],
    ['renewalWindowHours', 0.5],
    ['processingDays', 1],
    ['outageHoldHours', 1],
    ['grantWhileProcessing', true],
    ['grantWhileProcessing', false],
    ['trial', 'grant'],
    ['trial', 'deny'],
    ['sendInvoice', 'untilDue'],
    ['sendInvoice', 'paidOnly'],
    ['pauseCollection', 'keep'],
    ['pauseCollection', 'suspend'],
    ['unpaidUpgrade', 'keepOld'],
    ['unpaidUpgrade', 'grantNew'],
    ['oneTimeRefund', 'revoke'],
    ['oneTimeRefund', 'keep'],
    ['partialRefund', 'revoke'],
    ['partialRefund', 'keep'],
    ['subscriptionRefund', 'revoke'],
    ['subscriptionRefund', 'keep'],
    ['dispute', 'suspend'],
    ['dispute', 'keep'],
    ['customerIdMetadataKey', 'x'],
    ['customerIdMetadataKey', 'x'.repeat(40)],
    ['trustClientReferenceId', 'always'],
    ['trustClientReferenceId', 'exceptPaymentLinks'],
    ['trustClientReferenceId', 'never'],
    ['lateUsage', 'bill'],
    ['lateUsage', 'drop'],
  ])('%s may be %j', (name, value) => {
    expect(problems({ features: FEATURES, products: {}, policy: { [name]: value } })).toEqual([])
  })

  it.each(['customerIdMetadataKey', 'trustClientReferenceId', 'outageHoldHours', 'lateUsage'])(
    '%s is not a product’s to set',
    (name) => {
      expect(ofProduct({ grants: {}, policy: { [name]: 1 } })).toEqual([
        `products.pro.policy.${name}: holds for the whole catalog; set it in the top-level policy`,
      ])
    },
  )

  it('that is no object is refused', () => {
    expect(ofProduct({ grants: {}, policy: 'strict' })).toEqual([
      'products.pro.policy: is "strict"; use an object of policies',
    ])
  })
})
