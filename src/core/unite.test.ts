import { describe, expect, it } from 'vitest'
import type { FeatureDefinition } from './catalog.ts'
import { GRANT_STATES, type Grant } from './decision.ts'
import { productValue, unite } from './unite.ts'

const FLAG: FeatureDefinition = { type: 'flag' }
const SEATS: FeatureDefinition = { type: 'quantity' }
const BEST: FeatureDefinition = { type: 'quantity', combine: 'max' }
const CALLS: FeatureDefinition = { type: 'metered', meter: 'calls' }
const CREDITS: FeatureDefinition = { type: 'credits' }

function grant(source: string, fields: Partial<Grant> = {}): Grant {
  return {
    feature: 'f',
    source,
    kind: 'subscription',
    product: 'pro',
    state: 'active',
    value: 1,
    until: 1000,
    reasons: [{ code: source, message: `${source}.`, events: [], objects: [] }],
    usage: null,
    ...fields,
  }
}

describe('several sources of one feature', () => {
  it('open a flag where any of them does', () => {
    const grants = [
      grant('a', { state: 'suspended', value: true, until: null }),
      grant('b', { state: 'grace', value: true, until: 500 }),
    ]
    expect(unite('f', FLAG, grants)).toMatchObject({
      allowed: true,
      state: 'grace',
      value: true,
      until: 500,
      reasons: [{ code: 'b' }],
    })
  })

  it.each([
    ['add quantities', SEATS, 8],
    ['take the best quantity where the catalog says so', BEST, 5],
    ['add limits', CALLS, 8],
    ['add credits', CREDITS, 8],
  ])('%s', (_, feature, value) => {
    const grants = [grant('a', { value: 3 }), grant('b', { value: 5 })]
    expect(unite('f', feature, grants).value).toBe(value)
  })

  it.each([SEATS, BEST, CALLS, CREDITS])(
    'are without limit where one of them is: %j',
    (feature) => {
      const grants = [grant('a', { value: 3 }), grant('b', { value: null })]
      expect(unite('f', feature, grants)).toMatchObject({ allowed: true, value: null })
    },
  )

  it('count nothing of those that are not allowed', () => {
    const grants = [
      grant('a', { value: 3 }),
      grant('b', { value: 5, state: 'suspended', until: null }),
      grant('c', { value: 7, state: 'pending', until: null }),
      grant('d', { value: null, state: 'ended', until: null }),
    ]
    expect(unite('f', SEATS, grants)).toMatchObject({ allowed: true, value: 3, until: 1000 })
  })

  it('last as long as the one that lasts longest', () => {
    const [short, long] = [grant('a', { until: 500 }), grant('b', { until: 900 })]
    const forGood = grant('c', { until: null })
    expect(unite('f', SEATS, [short, long]).until).toBe(900)
    expect(unite('f', SEATS, [short, forGood, long]).until).toBeNull()
  })

  it('are told by the best of them, then by their names', () => {
    const grants = [
      grant('z', { state: 'ending' }),
      grant('b', { state: 'trial' }),
      grant('a', { state: 'trial' }),
    ]
    const { state, reasons } = unite('f', SEATS, grants)
    expect(state).toBe('trial')
    expect(reasons.map(({ code }) => code)).toEqual(['a', 'b', 'z'])
  })

  it('are refused by the most hopeful of them, where none allows', () => {
    const grants = [
      grant('a', { state: 'ended', until: null }),
      grant('b', { state: 'pending', until: null }),
      grant('c', { state: 'suspended', until: null }),
    ]
    expect(unite('f', SEATS, grants)).toMatchObject({
      allowed: false,
      state: 'pending',
      value: 0,
      until: null,
    })
  })

  it.each(
    (['active', 'trial', 'ending', 'grace', 'pending', 'suspended', 'ended'] as const).map(
      (state, index, all) => [state, all[index + 1] ?? ('none' as const)] as const,
    ),
  )('are %s rather than %s', (state, other) => {
    const grants = [grant('a', { state: other }), grant('b', { state })]
    expect(unite('f', SEATS, grants).state).toBe(state)
  })

  it('give the same in any order', () => {
    const grants = GRANT_STATES.map((state, index) => grant(`s${String(index)}`, { state }))
    expect(unite('f', SEATS, grants.toReversed())).toEqual(unite('f', SEATS, grants))
  })

  it.each([
    [FLAG, false],
    [SEATS, 0],
    [CALLS, 0],
    [CREDITS, 0],
  ])('that are none give nothing and say so: %j', (feature, value) => {
    const other = grant('a', { feature: 'g' })
    expect(unite('f', feature, [other])).toMatchObject({
      allowed: false,
      state: 'none',
      value,
      until: null,
      reasons: [{ code: 'no_source' }],
    })
  })
})

describe('productValue', () => {
  it.each([
    [true, true],
    ['quantity', 4],
    [10, 10],
    [{ limit: 100 }, 100],
    [{ limit: 100, per: 'quantity' }, 400],
    [{ limit: null, per: 'quantity' }, null],
    [{ amount: 50 }, 50],
    [{ amount: 50, per: 'quantity' }, 200],
  ] as const)('of %j for four is %j', (definition, value) => {
    expect(productValue(definition, 4)).toBe(value)
  })
})
