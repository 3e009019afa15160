import { expect } from 'vitest'
import { updateAutomatically } from '../../../src/sandbox/resources/payment-methods/update-automatically.ts'
import type { Scenario } from './scenario.ts'
import { at } from './stage.ts'

const CUSTOMER_DELETED: Scenario = {
  rows: [89],
  title:
    'Deleting a customer ends each of its subscriptions, and what is read later has it deleted',
  async play(stage) {
    const { api } = stage
    const customer = await stage.customer()
    const other = await stage.customer()
    const price = await stage.price()
    const subscribe = (id: string) =>
      api.subscriptions.create({ customer: id, items: [{ price: price.id }] })
    const ids = [(await subscribe(customer.id)).id, (await subscribe(customer.id)).id]
    const kept = await subscribe(other.id)
    await stage.advance({ days: 3 })
    stage.mark()
    await api.customers.del(customer.id)
    const ended = stage.since('customer.subscription.deleted')
    expect(ended.map(({ object }) => object['id'])).toEqual(ids)
    for (const { object } of ended) {
      expect(object).toMatchObject({
        customer: customer.id,
        status: 'canceled',
        ended_at: at('2026-02-03T09:00:00Z'),
      })
    }
    expect(stage.types().at(-1)).toBe('customer.deleted')
    expect(stage.only('customer.deleted').object).toMatchObject({ id: customer.id })

    expect(await api.customers.retrieve(customer.id)).toEqual(
      expect.objectContaining({ id: customer.id, deleted: true }),
    )
    const later = await api.subscriptions.retrieve(String(ids[0]), { expand: ['customer'] })
    expect(later.customer).toMatchObject({ id: customer.id, deleted: true })
    stage.mark()
    await stage.advance({ days: 60 })
    expect(stage.since('invoice.paid').map(({ object }) => object['customer'])).toEqual([
      other.id,
      other.id,
    ])
    expect((await api.subscriptions.retrieve(kept.id)).status).toBe('active')
  },
}

const TEST_CLOCK: Scenario = {
  rows: [96],
  title:
    'A test clock says that it advances, then all of its billing comes at once on its own time, then it is ready',
  async play(stage) {
    const { api } = stage
    const start = at('2030-05-31T00:00:00Z')
    const clock = await api.testHelpers.testClocks.create({ frozen_time: start })
    const customer = await api.customers.create({
      test_clock: clock.id,
      payment_method: 'pm_card_visa',
      invoice_settings: { default_payment_method: 'pm_card_visa' },
    })
    const sub = await api.subscriptions.create({
      customer: customer.id,
      items: [{ price: (await stage.price()).id }],
    })
    expect(sub).toMatchObject({ test_clock: clock.id, start_date: start, created: start })
    stage.mark()
    await api.testHelpers.testClocks.advance(clock.id, {
      frozen_time: at('2030-09-01T00:00:00Z'),
    })
    expect(stage.types()).toEqual(['test_helpers.test_clock.advancing'])
    expect(stage.only('test_helpers.test_clock.advancing').object).toMatchObject({
      id: clock.id,
      status: 'advancing',
      status_details: { advancing: { target_frozen_time: at('2030-09-01T00:00:00Z') } },
    })
    const before = stage.sandbox.now()
    await stage.advance({ seconds: 1 })
    expect(stage.sandbox.now()).toBe(before + 1)
    expect(stage.types().at(-1)).toBe('test_helpers.test_clock.ready')
    expect(stage.last('test_helpers.test_clock.ready').object).toMatchObject({
      status: 'ready',
      frozen_time: at('2030-09-01T00:00:00Z'),
    })
    // Three renewals within a second, each at its own time of the clock.
    const paid = stage.since('invoice.paid')
    expect(paid.map(({ created }) => new Date(created * 1_000).toISOString())).toEqual([
      '2030-06-30T01:00:00.000Z',
      '2030-07-31T01:00:00.000Z',
      '2030-08-31T01:00:00.000Z',
    ])
    for (const { object, created } of paid) {
      expect(object).toMatchObject({
        test_clock: clock.id,
        status_transitions: { paid_at: created },
      })
    }
  },
}

const MIGRATED: Scenario = {
  rows: [97],
  title: 'A classic subscription becomes flexible, told as one update, and never classic again',
  async play(stage) {
    const { api } = stage
    const { id: customer } = await stage.customer()
    const sub = await api.subscriptions.create({
      customer,
      items: [{ price: (await stage.price()).id }],
      billing_mode: { type: 'classic' },
    })
    await stage.advance({ days: 5 })
    stage.mark()
    await api.subscriptions.migrate(sub.id, { billing_mode: { type: 'flexible' } })
    expect(stage.types()).toEqual(['customer.subscription.updated'])
    expect(stage.only('customer.subscription.updated')).toMatchObject({
      object: {
        id: sub.id,
        status: 'active',
        billing_mode: { type: 'flexible', updated_at: at('2026-02-05T09:00:00Z') },
      },
      previous: { billing_mode: { type: 'classic' } },
    })
    const back = { billing_mode: { type: 'classic' } } as object
    await expect(
      api.rawRequest('POST', `/v1/subscriptions/${sub.id}/migrate`, back),
    ).rejects.toMatchObject({ statusCode: 400 })
    expect((await api.subscriptions.retrieve(sub.id)).billing_mode.type).toBe('flexible')
  },
}

const METHOD_CHANGED: Scenario = {
  rows: [99],
  title:
    'A card renewed by its bank, or taken away by hand, is told of and changes no subscription by itself',
  async play(stage) {
    const { api } = stage
    const customer = await stage.customer()
    const method = String(customer.invoice_settings.default_payment_method)
    const sub = await api.subscriptions.create({
      customer: customer.id,
      items: [{ price: (await stage.price()).id }],
    })
    stage.mark()
    updateAutomatically(stage.sandbox.world, method, { expMonth: 4, expYear: 2031 })
    expect(stage.types()).toEqual(['payment_method.automatically_updated'])
    expect(stage.only('payment_method.automatically_updated')).toMatchObject({
      object: { id: method, customer: customer.id, card: { exp_month: 4, exp_year: 2031 } },
      previous: { card: { exp_month: expect.any(Number) as number } },
    })
    stage.mark()
    await api.paymentMethods.detach(method)
    expect(stage.only('payment_method.detached')).toMatchObject({
      object: { id: method, customer: null },
      previous: { customer: customer.id },
    })
    expect(stage.types().filter((type) => /^(customer\.sub|invoice)/u.test(type))).toEqual([])
    expect((await api.subscriptions.retrieve(sub.id)).status).toBe('active')
    // The next renewal has nothing to charge, and that is what the subscription learns from.
    stage.mark()
    await stage.advance({ days: 28, hours: 1 })
    expect(stage.only('invoice.payment_failed').object).toMatchObject({ attempt_count: 1 })
    expect(stage.last('customer.subscription.updated').object).toMatchObject({
      status: 'past_due',
    })
  },
}

export const TOPOLOGY: readonly Scenario[] = [
  CUSTOMER_DELETED,
  TEST_CLOCK,
  MIGRATED,
  METHOD_CHANGED,
]
