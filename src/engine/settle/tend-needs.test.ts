import { describe, expect, it } from 'vitest'
import type { FeatureAccess } from '../../core/decision.ts'
import { delayOf } from './tend-needs.ts'

const access = (allowed: boolean): FeatureAccess => ({
  allowed,
  state: allowed ? 'active' : 'pending',
  value: allowed,
  until: null,
  reasons: [],
})
const SERVED = { features: { pro: access(true), seats: access(true) } }
const REFUSED = { features: { pro: access(true), seats: access(false) } }

describe('a question to Stripe', () => {
  it('waits longer than mail is usually late while the customer is served', () => {
    expect(delayOf({ type: 'subscription' }, SERVED)).toBe(300)
    expect(delayOf({ type: 'charge' }, SERVED)).toBe(300)
  })

  it('is put after a minute where the customer is refused something', () => {
    expect(delayOf({ type: 'subscription' }, REFUSED)).toBe(60)
    expect(delayOf({ type: 'invoice' }, REFUSED)).toBe(60)
  })

  it('about a cut summary is put after a minute, since no event lists more', () => {
    expect(delayOf({ type: 'entitlement_summary' }, SERVED)).toBe(60)
  })

  it('about what a Checkout sold is put at once, served or not', () => {
    expect(delayOf({ type: 'checkout_session' }, SERVED)).toBe(1)
    expect(delayOf({ type: 'checkout_session' }, REFUSED)).toBe(1)
  })
})
