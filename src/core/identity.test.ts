import { describe, expect, it } from 'vitest'
import { compiled } from '../../test/support/catalogs.ts'
import { withPolicy } from '../../test/support/stories/catalogs.ts'
import { adas, decisions, item, line, told, type Asked } from '../../test/support/told.ts'
import type { AnySnapshot, CheckoutSessionState } from './fact.ts'

const paid = told('invoice', 'in_1')
const nameless = told('subscription', 'sub_1', { metadata: {} })
const session = (fields: Partial<CheckoutSessionState>) =>
  told('checkout_session', 'cs_1', {
    mode: 'subscription',
    customer: 'cus_1',
    subscription: 'sub_1',
    ...fields,
  })

/** Who is served reports. */
function served(snapshots: readonly AnySnapshot[], asked: Asked = {}): string[] {
  return Object.entries(decisions(snapshots, asked))
    .filter(([, { features }]) => features['reports']?.allowed === true)
    .map(([customer]) => customer)
}

describe('a subscription belongs', () => {
  it('to whom its own metadata names, before all others', () => {
    const customer = told('customer', 'cus_1', { metadata: { customer_id: 'carl' } })
    const names = { metadata: { customer_id: 'bob' }, clientReferenceId: 'dora' }
    expect(served([told('subscription', 'sub_1'), paid, customer, session(names)])).toEqual(['ada'])
  })

  it("then to whom its session's metadata names", () => {
    const customer = told('customer', 'cus_1', { metadata: { customer_id: 'carl' } })
    const names = { metadata: { customer_id: 'bob' }, clientReferenceId: 'dora' }
    expect(served([nameless, paid, customer, session(names)])).toEqual(['bob'])
  })

  it("then to its session's client reference", () => {
    const customer = told('customer', 'cus_1', { metadata: { customer_id: 'carl' } })
    const found = served([nameless, paid, customer, session({ clientReferenceId: 'dora' })])
    expect(found).toEqual(['dora'])
  })

  it('then to whom its Stripe customer names', () => {
    const customer = told('customer', 'cus_1', { metadata: { customer_id: 'carl' } })
    expect(served([nameless, paid, customer])).toEqual(['carl'])
  })

  it('then to the one app customer that this Stripe customer is known to be', () => {
    const other = told('subscription', 'sub_2', { status: 'incomplete', items: [] })
    expect(served([nameless, paid, other])).toEqual(['ada'])
  })

  it('else to the Stripe customer itself, also where two app customers share it', () => {
    const others = ['ada', 'bob'].map((name) =>
      told('subscription', `sub_${name}`, {
        items: [],
        status: 'incomplete',
        metadata: { customer_id: name },
      }),
    )
    expect(served([nameless, paid])).toEqual(['cus_1'])
    expect(served([nameless, paid, ...others])).toEqual(['cus_1'])
  })
})

describe('two app customers on one Stripe customer', () => {
  it('stay apart: each has what is its own', () => {
    const bobs = [
      told('subscription', 'sub_2', {
        metadata: { customer_id: 'bob' },
        items: [item({ id: 'si_2', price: 'price_calls' })],
        latestInvoice: 'in_2',
      }),
      told('invoice', 'in_2', {
        subscription: 'sub_2',
        lines: [line({ subscription: 'sub_2', subscriptionItem: 'si_2', price: 'price_calls' })],
      }),
    ]
    const found = decisions([told('subscription', 'sub_1'), paid, ...bobs])
    expect(found['ada']?.features).toMatchObject({
      reports: { allowed: true },
      calls: { allowed: false },
    })
    expect(found['bob']?.features).toMatchObject({
      reports: { allowed: false },
      calls: { allowed: true },
    })
  })
})

describe('a conflict of names', () => {
  it('is an alert, and the stronger name holds', () => {
    const decision = adas([
      told('subscription', 'sub_1'),
      paid,
      session({ clientReferenceId: 'bob' }),
    ])
    expect(decision.features['reports']?.allowed).toBe(true)
    expect(decision.alerts).toMatchObject([{ code: 'identity_conflict', objects: ['sub_1'] }])
  })

  it('is none where both say the same', () => {
    const same = session({ clientReferenceId: 'ada' })
    expect(adas([told('subscription', 'sub_1'), paid, same]).alerts).toEqual([])
  })

  it('between two sessions of one subscription is an alert too', () => {
    const other = told('checkout_session', 'cs_2', {
      mode: 'subscription',
      customer: 'cus_1',
      subscription: 'sub_1',
      clientReferenceId: 'bob',
    })
    const decision = adas([nameless, paid, session({ clientReferenceId: 'ada' }), other])
    expect(decision.alerts).toMatchObject([{ code: 'identity_conflict' }])
  })
})

describe('a client reference', () => {
  const ofLink = session({ clientReferenceId: 'mallory', paymentLink: 'plink_1' })
  const ofApp = session({ clientReferenceId: 'dora' })
  const trusting = (trustClientReferenceId: 'always' | 'exceptPaymentLinks' | 'never') => ({
    catalog: compiled(withPolicy({ trustClientReferenceId })),
  })

  it('is trusted everywhere unless the catalog says otherwise', () => {
    expect(served([nameless, paid, ofLink])).toEqual(['mallory'])
    expect(served([nameless, paid, ofLink], trusting('always'))).toEqual(['mallory'])
  })

  it('of a Payment Link, which the buyer may choose, can be left aside', () => {
    expect(served([nameless, paid, ofLink], trusting('exceptPaymentLinks'))).toEqual(['cus_1'])
    expect(served([nameless, paid, ofApp], trusting('exceptPaymentLinks'))).toEqual(['dora'])
  })

  it('can be left aside altogether, metadata not', () => {
    expect(served([nameless, paid, ofApp], trusting('never'))).toEqual(['cus_1'])
    const named = session({ clientReferenceId: 'dora', metadata: { customer_id: 'bob' } })
    expect(served([nameless, paid, named], trusting('never'))).toEqual(['bob'])
  })
})

describe('the metadata key', () => {
  it('is the one the catalog names, and only that one', () => {
    const catalog = compiled(withPolicy({ customerIdMetadataKey: 'user' }))
    const subscription = told('subscription', 'sub_1', {
      metadata: { user: 'eve', customer_id: 'ada' },
    })
    expect(served([subscription, paid], { catalog })).toEqual(['eve'])
    expect(served([told('subscription', 'sub_1'), paid], { catalog })).toEqual(['cus_1'])
  })
})

describe('an id', () => {
  it.each(['ada', 'Ada Lovelace', '42', 'a/b:c', 'büro', 'user-🎉', 'x'.repeat(255)])(
    '%j is used as it is written',
    (name) => {
      const subscription = told('subscription', 'sub_1', { metadata: { customer_id: name } })
      expect(served([subscription, paid])).toEqual([name])
    },
  )

  it.each(['', ' ada', 'ada ', 'a\u0000b', 'a\nb', '\ud800', 'x'.repeat(256)])(
    '%j cannot be used and names nobody',
    (name) => {
      const subscription = told('subscription', 'sub_1', { metadata: { customer_id: name } })
      expect(served([subscription, paid])).toEqual(['cus_1'])
      const carls = told('customer', 'cus_1', { metadata: { customer_id: 'carl' } })
      expect(served([subscription, paid, carls])).toEqual(['carl'])
    },
  )
})

describe('a purchase belongs', () => {
  const bought = { metadata: { customer_id: 'bob', proviso_product: 'lifetime' } }

  it('to whom its session or payment names, also where both hang on another Stripe customer', () => {
    const ofSession = told('checkout_session', 'cs_1', { ...bought, customer: 'cus_1' })
    const ofIntent = told('payment_intent', 'pi_1', { ...bought, customer: 'cus_1' })
    const carl = told('customer', 'cus_1', { metadata: { customer_id: 'carl' } })
    expect(served([ofSession, carl])).toEqual(['bob'])
    expect(served([ofIntent, carl])).toEqual(['bob'])
  })

  it('to its own id where a guest bought and named nobody', () => {
    const guest = told('checkout_session', 'cs_1', { metadata: { proviso_product: 'lifetime' } })
    expect(served([guest])).toEqual(['cs_1'])
  })
})
