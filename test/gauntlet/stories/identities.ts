import { expect } from 'vitest'
import type { CatalogDefinition, Policy } from '../../../src/core/catalog.ts'
import type { Scenario } from '../../sandbox/scenarios/scenario.ts'
import type { Stage } from '../../sandbox/scenarios/stage.ts'
import { appCustomer, catalogOf, onSale, subscribeTo } from './shop.ts'

function plan(policy: Partial<Policy> = {}) {
  return (stage: Stage): CatalogDefinition =>
    catalogOf(stage, {
      features: { app: { type: 'flag' }, seats: { type: 'quantity' } },
      products: { pro: { grants: { app: true, seats: 'quantity' } } },
      policy,
    })
}

const THREE_NAMES: Scenario = {
  rows: [1, 6],
  title:
    'Subscription, session and customer name three different people: the subscription has the first word',
  catalog: plan(),
  async play(stage) {
    const price = await onSale(stage, 'pro')
    const customer = await appCustomer(stage, 'carol')
    const session = await stage.checkout({
      customer,
      line_items: [{ price: price.id, quantity: 2 }],
      client_reference_id: 'bob',
      subscription_data: { metadata: { customer_id: 'ada' } },
    })
    await stage.sandbox.pay(session)
    expect(stage.only('checkout.session.completed').object['client_reference_id']).toBe('bob')
    expect(stage.only('customer.subscription.created').object['metadata']).toEqual({
      customer_id: 'ada',
    })
    await stage.advance({ days: 3 })
  },
}

const REFERENCE_FIRST: Scenario = {
  rows: [1, 6],
  title: 'The session names one, the customer another: the session has the word for what it sold',
  catalog: plan(),
  async play(stage) {
    const price = await onSale(stage, 'pro')
    const customer = await appCustomer(stage, 'carol')
    const session = await stage.checkout({
      customer,
      line_items: [{ price: price.id, quantity: 1 }],
      client_reference_id: 'bob',
    })
    await stage.sandbox.pay(session)
    await stage.advance({ days: 3 })
    const own = await subscribeTo(stage, customer, price, {
      items: [{ price: price.id, quantity: 4 }],
    })
    expect(own.metadata).toEqual({})
    await stage.advance({ days: 1 })
  },
}

const SHARED_CUSTOMER: Scenario = {
  rows: [93],
  title: 'An agency pays for two of its clients as one customer at Stripe, and one of them leaves',
  catalog: plan(),
  async play(stage) {
    const price = await onSale(stage, 'pro')
    const { id: customer } = await stage.customer()
    const subscribe = (name: string, quantity: number) =>
      subscribeTo(stage, customer, price, {
        items: [{ price: price.id, quantity }],
        metadata: { customer_id: name },
      })
    await subscribe('ada', 2)
    const bobs = await subscribe('bob', 3)
    await stage.advance({ days: 9 })
    await stage.api.subscriptions.cancel(bobs.id)
    expect(stage.only('customer.subscription.deleted').object).toMatchObject({
      customer,
      metadata: { customer_id: 'bob' },
    })
    await stage.advance({ days: 1 })
  },
}

const TWO_CUSTOMERS: Scenario = {
  rows: [93],
  title: 'One person is two customers at Stripe: both count, and the refund of one hurts nothing',
  catalog: plan(),
  async play(stage) {
    const price = await onSale(stage, 'pro')
    const first = await appCustomer(stage, 'ada')
    const second = await appCustomer(stage, 'ada')
    expect(first).not.toBe(second)
    await subscribeTo(stage, first, price)
    const other = await subscribeTo(stage, second, price, {
      items: [{ price: price.id, quantity: 3 }],
    })
    const { id: charge } = stage.last('charge.succeeded').object
    await stage.advance({ days: 4 })
    await stage.api.refunds.create({ charge: String(charge) })
    expect(stage.only('charge.refunded').object).toMatchObject({ customer: other.customer })
    await stage.advance({ days: 1 })
  },
}

const HANDED_OVER: Scenario = {
  rows: [93, 40],
  title: 'A subscription is handed from one app customer to another, and renewed for the second',
  catalog: plan(),
  async play(stage) {
    const price = await onSale(stage, 'pro')
    const { id: customer } = await stage.customer()
    const sub = await subscribeTo(stage, customer, price, { metadata: { customer_id: 'ada' } })
    await stage.advance({ days: 9 })
    stage.mark()
    await stage.api.subscriptions.update(sub.id, { metadata: { customer_id: 'bob' } })
    expect(stage.only('customer.subscription.updated').previous).toEqual({
      metadata: { customer_id: 'ada' },
    })
    await stage.advance({ days: 21 })
    expect(stage.only('invoice.paid').object).toMatchObject({ amount_paid: 2_900 })
  },
}

function byLink(trust: Policy['trustClientReferenceId']): Scenario {
  const who = trust === 'always' ? 'is believed' : 'is not believed'
  return {
    rows: [7, 40],
    title: `A payment link is paid with a reference in its address, which ${who}`,
    catalog: plan({ trustClientReferenceId: trust }),
    async play(stage) {
      const price = await onSale(stage, 'pro')
      const link = await stage.api.paymentLinks.create({
        line_items: [{ price: price.id, quantity: 2 }],
      })
      const visit = await stage.sandbox.fetch(new Request(`${link.url}?client_reference_id=ada`))
      const id = /cs_test_\w+/u.exec(visit.headers.get('location') ?? '')?.[0] ?? ''
      await stage.sandbox.pay(id)
      expect(stage.only('checkout.session.completed').object).toMatchObject({
        payment_link: link.id,
        client_reference_id: 'ada',
      })
      await stage.advance({ days: 30 })
      expect(stage.since('invoice.paid')).toHaveLength(2)
    },
  }
}

export const IDENTITIES: readonly Scenario[] = [
  THREE_NAMES,
  REFERENCE_FIRST,
  SHARED_CUSTOMER,
  TWO_CUSTOMERS,
  HANDED_OVER,
  byLink('always'),
  byLink('exceptPaymentLinks'),
]
