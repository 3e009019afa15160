import { expect } from 'vitest'
import type { Scenario } from './scenario.ts'

const HOUR = 3_600
const LEGACY = '2024-06-20'

const abandoned: Scenario = {
  rows: [5],
  title: 'A session that nobody pays expires, after a day or as it was told',
  async play(stage) {
    const { api, sandbox } = stage
    const lines = { line_items: [{ price: (await stage.price()).id, quantity: 1 }] }
    const now = sandbox.now()
    for (const expires_at of [now + HOUR / 2 - 1, now + 24 * HOUR + 1]) {
      await expect(stage.checkout({ ...lines, expires_at })).rejects.toMatchObject({
        statusCode: 400,
        param: 'expires_at',
      })
    }
    const day = await stage.checkout(lines)
    expect(day.expires_at).toBe(now + 24 * HOUR)
    const short = await stage.checkout({ ...lines, expires_at: now + HOUR / 2 })
    const ended = await stage.checkout(lines)

    stage.mark()
    await api.checkout.sessions.expire(ended.id)
    expect(stage.only('checkout.session.expired').object).toMatchObject({
      id: ended.id,
      status: 'expired',
      payment_status: 'unpaid',
      subscription: null,
      url: null,
    })
    // Only what is open can be expired.
    await expect(api.checkout.sessions.expire(ended.id)).rejects.toMatchObject({ statusCode: 400 })

    stage.mark()
    await stage.advance({ seconds: HOUR / 2 - 1 })
    stage.none('checkout.session.expired')
    await stage.advance({ seconds: 1 })
    expect(stage.only('checkout.session.expired').object['id']).toBe(short.id)
    stage.mark()
    await stage.advance({ hours: 24 })
    expect(stage.only('checkout.session.expired')).toMatchObject({
      created: now + 24 * HOUR,
      object: { id: day.id, status: 'expired', payment_status: 'unpaid' },
    })
    expect(stage.types()).toEqual(['checkout.session.expired'])
    await expect(sandbox.pay(day)).rejects.toThrow('expired')
    const paid = await sandbox.pay(await stage.checkout(lines))
    await expect(api.checkout.sessions.expire(paid.id)).rejects.toMatchObject({ statusCode: 400 })
  },
}

const abandonedLegacy: Scenario = {
  rows: [5],
  title: 'An abandoned session of a version before basil takes its subscription with it',
  async play(stage) {
    const old = stage.sandbox.client({ apiVersion: LEGACY })
    const price = await stage.price()
    const session = await stage.checkout({ line_items: [{ price: price.id, quantity: 1 }] }, old)
    stage.mark()
    await expect(
      stage.sandbox.pay(session, { paymentMethod: 'pm_card_chargeDeclined' }),
    ).rejects.toThrow('declined')
    expect(stage.only('customer.subscription.created').object['status']).toBe('incomplete')
    stage.mark()
    await stage.advance({ hours: 24 })
    const ended = stage.only('customer.subscription.updated')
    expect(ended.object['status']).toBe('incomplete_expired')
    expect(ended.previous).toMatchObject({ status: 'incomplete' })
    expect(stage.only('invoice.voided').object['status']).toBe('void')
    expect(stage.only('checkout.session.expired').object).toMatchObject({
      status: 'expired',
      payment_status: 'unpaid',
    })
    stage.none('customer.subscription.deleted', 'checkout.session.completed')
  },
}

const knownCustomer: Scenario = {
  rows: [6],
  title: 'A session for a known customer makes no other',
  async play(stage) {
    const customer = await stage.api.customers.create({ name: 'Ada' })
    const price = await stage.price()
    const session = await stage.checkout({
      customer: customer.id,
      line_items: [{ price: price.id, quantity: 1 }],
    })
    expect(session.customer).toBe(customer.id)
    stage.mark()
    await stage.sandbox.pay(session, { email: 'ada@example.test' })
    stage.none('customer.created')
    stage.inOrder('payment_intent.succeeded', 'customer.subscription.created', 'invoice.paid')
    expect(stage.only('checkout.session.completed').object).toMatchObject({
      customer: customer.id,
      payment_status: 'paid',
    })
    expect(stage.only('customer.subscription.created').object).toMatchObject({
      customer: customer.id,
      status: 'active',
    })
    // The email it lacked is written back.
    expect(stage.last('customer.updated').object).toMatchObject({
      id: customer.id,
      email: 'ada@example.test',
      name: 'Ada',
    })
    expect((await stage.api.customers.list()).data).toHaveLength(1)
  },
}

const byLink: Scenario = {
  rows: [7],
  title: 'A payment link sells by sessions of its own',
  async play(stage) {
    const { api, sandbox } = stage
    const price = await stage.price()
    const link = await api.paymentLinks.create({
      line_items: [{ price: price.id, quantity: 1 }],
      metadata: { plan: 'pro' },
    })
    const visit = await sandbox.fetch(new Request(`${link.url}?client_reference_id=user_7`))
    const id = /cs_test_\w+/u.exec(visit.headers.get('location') ?? '')?.[0] ?? ''
    stage.mark()
    await sandbox.pay(id)
    stage.inOrder(
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.succeeded',
      'customer.subscription.created',
      'invoice.paid',
    )
    expect(stage.only('checkout.session.completed').object).toMatchObject({
      id,
      mode: 'subscription',
      status: 'complete',
      payment_status: 'paid',
      payment_link: link.id,
      client_reference_id: 'user_7',
      metadata: { plan: 'pro' },
    })
    expect(stage.only('customer.subscription.created').object['status']).toBe('active')
    const plain = await sandbox.fetch(new Request(link.url))
    const other = /cs_test_\w+/u.exec(plain.headers.get('location') ?? '')?.[0] ?? ''
    expect(other).not.toBe(id)
    expect(await api.checkout.sessions.retrieve(other)).toMatchObject({
      payment_link: link.id,
      client_reference_id: null,
    })
  },
}

export const BUYING_AT_CHECKOUT: readonly Scenario[] = [
  abandoned,
  abandonedLegacy,
  knownCustomer,
  byLink,
]
