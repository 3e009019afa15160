import { describe, expect, it } from 'vitest'
import { createSandbox } from '../../../src/sandbox/index.ts'
import { eventsOf, good, refused, typesOf } from '../catalogue/judged.ts'
import { call, ok } from '../support/call.ts'
import { last, NOW, SECONDS, shop } from './shop.ts'

const OLD = { version: null }

describe('a customer', () => {
  it('is created with all that an ordinary shop tells of it', async () => {
    const sandbox = await createSandbox({ now: NOW })
    const customer = await good(sandbox, 'POST', '/v1/customers', {
      address: { line1: 'Main St 1', city: 'Berlin', country: 'DE', postal_code: '10115' },
      balance: -500,
      description: 'A test',
      email: 'ada@example.com',
      metadata: { plan: 'pro' },
      name: 'Ada',
      phone: '+491',
      preferred_locales: ['de', 'en'],
      shipping: { name: 'Ada', address: { line1: 'Main St 1' } },
      tax_exempt: 'reverse',
    })
    expect(customer).toMatchObject({
      address: { city: 'Berlin', line2: null, state: null },
      balance: -500,
      created: SECONDS,
      metadata: { plan: 'pro' },
      next_invoice_sequence: 1,
      preferred_locales: ['de', 'en'],
      tax_exempt: 'reverse',
    })
    expect(customer.invoice_prefix).toMatch(/^[A-Z0-9]{8}$/u)
    const [event] = eventsOf(sandbox)
    expect(event?.data.object).toEqual(
      JSON.parse(JSON.stringify(await ok(sandbox, 'GET', `/v1/customers/${customer.id}`))),
    )
    expect(typesOf(sandbox)).toEqual(['customer.created'])
    const { data } = await good(sandbox, 'GET', `/v1/customers/${customer.id}/balance_transactions`)
    expect(data).toMatchObject([{ amount: -500, type: 'initial', ending_balance: -500 }])
  })

  it('has its payment method attached before it is announced', async () => {
    const { sandbox, customer } = await shop()
    expect(typesOf(sandbox)).toEqual(['payment_method.attached', 'customer.created'])
    const { invoice_settings: settings } = await ok(sandbox, 'GET', `/v1/customers/${customer}`)
    expect(settings.default_payment_method).toMatch(/^pm_/u)
    expect(sandbox.world.where('payment_method', 'customer', customer)).toHaveLength(1)
  })

  it('takes a token for its source', async () => {
    const sandbox = await createSandbox({ now: NOW })
    const customer = await good(sandbox, 'POST', '/v1/customers', { source: 'tok_visa' }, OLD)
    expect(customer.default_source).toMatch(/^card_/u)
    expect(typesOf(sandbox)).toEqual(['customer.source.created', 'customer.created'])
    const { sources } = await good(sandbox, 'GET', `/v1/customers/${customer.id}`, {
      expand: ['sources', 'subscriptions', 'tax', 'invoice_credit_balance'],
    })
    expect(sources.data[0].id).toBe(customer.default_source)
  })

  it('is not created with a card that the bank refuses', async () => {
    const sandbox = await createSandbox({ now: NOW })
    const error = await refused(sandbox, 'POST', '/v1/customers', {
      payment_method: 'pm_card_chargeDeclined',
    })
    expect(error).toMatchObject({ status: 402, code: 'card_declined' })
    expect(sandbox.world.table('customer').size).toBe(0)
    expect(sandbox.world.events.size).toBe(0)
  })

  it('tells what changed, and nothing where nothing did', async () => {
    const { sandbox, customer, since } = await shop(null)
    await good(sandbox, 'POST', `/v1/customers/${customer}`, { metadata: { foo: 'bar' } })
    expect(last(sandbox, 'customer.updated').data.previous_attributes).toEqual({
      metadata: { foo: null },
    })
    await good(sandbox, 'POST', `/v1/customers/${customer}`, { metadata: { foo: 'bar' } })
    await good(sandbox, 'POST', `/v1/customers/${customer}`, { email: '' })
    expect(since()).toEqual(['customer.updated', 'customer.updated'])
  })

  it('refuses parameters that the current version does not have', async () => {
    const sandbox = await createSandbox({ now: NOW })
    await good(sandbox, 'POST', '/v1/coupons', { id: 'C', percent_off: 10 })
    expect(await refused(sandbox, 'POST', '/v1/customers', { coupon: 'C' })).toMatchObject({
      code: 'parameter_unknown',
      param: 'coupon',
    })
  })

  it('gets, changes and loses a discount by the parameter of older versions', async () => {
    const { sandbox, since } = await shop(null)
    for (const id of ['ONE', 'TWO']) {
      await good(sandbox, 'POST', '/v1/coupons', { id, percent_off: 10 })
    }
    since()
    const customer = await good(sandbox, 'POST', '/v1/customers', { coupon: 'ONE' }, OLD)
    expect(customer.discount).toMatchObject({ source: { coupon: 'ONE' }, customer: customer.id })
    await good(sandbox, 'POST', `/v1/customers/${customer.id}`, { coupon: 'TWO' }, OLD)
    const cleared = await good(sandbox, 'POST', `/v1/customers/${customer.id}`, { coupon: '' }, OLD)
    expect(cleared.discount).toBeNull()
    expect(since().filter((type) => type.startsWith('customer'))).toEqual([
      'customer.discount.created',
      'customer.created',
      'customer.discount.updated',
      'customer.discount.deleted',
    ])
  })

  it('loses a discount by its own route and by time', async () => {
    const { sandbox, since } = await shop(null)
    await good(sandbox, 'POST', '/v1/coupons', {
      id: 'TWO_MONTHS',
      percent_off: 10,
      duration: 'repeating',
      duration_in_months: 2,
    })
    const a = await good(sandbox, 'POST', '/v1/customers', { coupon: 'TWO_MONTHS' }, OLD)
    const b = await good(sandbox, 'POST', '/v1/customers', { coupon: 'TWO_MONTHS' }, OLD)
    since()
    const gone = await good(sandbox, 'DELETE', `/v1/customers/${a.id}/discount`)
    expect(gone).toMatchObject({ object: 'discount', deleted: true })
    expect(await refused(sandbox, 'DELETE', `/v1/customers/${a.id}/discount`)).toMatchObject({
      status: 404,
      code: 'resource_missing',
    })
    expect(since()).toEqual(['customer.discount.deleted'])
    // 31 January and two months: 31 March.
    await sandbox.advance({ days: 58 })
    expect(since()).toEqual([])
    await sandbox.advance({ days: 1 })
    expect(since()).toEqual(['customer.discount.deleted'])
    expect((await ok(sandbox, 'GET', `/v1/customers/${b.id}`)).discount).toBeNull()
  })

  it('is gone after its deletion but for its id', async () => {
    const { sandbox, customer, since } = await shop(null)
    const answer = await good(sandbox, 'DELETE', `/v1/customers/${customer}`)
    expect(answer).toEqual({ id: customer, object: 'customer', deleted: true })
    expect(await good(sandbox, 'GET', `/v1/customers/${customer}`)).toEqual(answer)
    expect(since()).toEqual(['customer.deleted'])
    expect((await call(sandbox, 'DELETE', `/v1/customers/${customer}`)).status).toBe(404)
    const { data } = await good(sandbox, 'GET', '/v1/customers')
    expect(data).toEqual([])
  })

  it('takes its live subscriptions with it, and leaves its invoices alone', async () => {
    const { sandbox, customer, since } = await shop()
    const { id: price } = await good(sandbox, 'POST', '/v1/prices', {
      currency: 'usd',
      unit_amount: 1_500,
      recurring: { interval: 'month' },
      product_data: { name: 'Pro' },
    })
    await ok(sandbox, 'POST', '/v1/subscriptions', { customer, items: [{ price }] })
    await good(sandbox, 'POST', '/v1/invoiceitems', { customer, currency: 'usd', amount: 900 })
    const draft = await good(sandbox, 'POST', '/v1/invoices', {
      customer,
      auto_advance: true,
      pending_invoice_items_behavior: 'include',
    })
    since()
    await good(sandbox, 'DELETE', `/v1/customers/${customer}`)
    // stripe-facts row 89.
    expect(since().filter((type) => type.startsWith('customer.'))).toEqual([
      'customer.subscription.deleted',
      'customer.deleted',
    ])
    await sandbox.advance({ days: 40 })
    expect(since()).toEqual([])
    expect((await ok(sandbox, 'GET', `/v1/invoices/${draft.id}`)).status).toBe('draft')
    const error = await refused(sandbox, 'POST', `/v1/invoices/${draft.id}/finalize`)
    expect(error).toMatchObject({ status: 400, code: 'resource_missing', param: 'customer' })
  })

  it('lives on its test clock, and goes with it', async () => {
    const { sandbox, since } = await shop(null)
    const clock = await good(sandbox, 'POST', '/v1/test_helpers/test_clocks', {
      frozen_time: 1_600_000_000,
    })
    const customer = await good(sandbox, 'POST', '/v1/customers', { test_clock: clock.id })
    expect(customer.created).toBe(1_600_000_000)
    const { data } = await good(sandbox, 'GET', '/v1/customers', { test_clock: clock.id })
    expect(data).toHaveLength(1)
    since()
    await good(sandbox, 'DELETE', `/v1/test_helpers/test_clocks/${clock.id}`)
    expect(since()).toContain('customer.deleted')
  })

  it('has a balance that is moved by transactions', async () => {
    const { sandbox, customer } = await shop(null)
    const path = `/v1/customers/${customer}/balance_transactions`
    const entry = await good(sandbox, 'POST', path, { amount: -700, currency: 'usd' })
    expect(entry).toMatchObject({ amount: -700, ending_balance: -700, type: 'adjustment' })
    await good(sandbox, 'POST', `${path}/${entry.id}`, { description: 'Goodwill' })
    expect((await good(sandbox, 'GET', `${path}/${entry.id}`)).description).toBe('Goodwill')
    await good(sandbox, 'POST', `/v1/customers/${customer}`, { balance: 100 })
    const { data } = await good(sandbox, 'GET', path)
    expect(data.map((one: { amount: number }) => one.amount)).toEqual([800, -700])
    expect(await refused(sandbox, 'POST', path, { amount: 1, currency: 'eur' })).toMatchObject({
      param: 'currency',
    })
  })
})
