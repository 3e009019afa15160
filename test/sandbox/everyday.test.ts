import type Stripe from 'stripe'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts'

let sandbox: Sandbox
let stripe: Stripe

beforeEach(async () => {
  sandbox = await createSandbox({ seed: 'everyday', now: '2026-03-01T00:00:00Z' })
  stripe = sandbox.client()
})
afterEach(() => sandbox.close())

async function plan(amount: number, params: Partial<Stripe.PriceCreateParams> = {}) {
  return stripe.prices.create({
    currency: 'usd',
    unit_amount: amount,
    recurring: { interval: 'month' },
    product_data: { name: `Plan at ${amount}` },
    ...params,
  })
}

/** A customer whose card pays. */
async function payer(params: Stripe.CustomerCreateParams = {}) {
  return stripe.customers.create({
    email: 'ada@example.test',
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
    ...params,
  })
}

async function subscribe(price: string, params: Partial<Stripe.SubscriptionCreateParams> = {}) {
  const customer = (params.customer as string | undefined) ?? (await payer()).id
  return stripe.subscriptions.create({ customer, items: [{ price }], ...params })
}

function itemOf(subscription: Stripe.Subscription): Stripe.SubscriptionItem {
  const [item] = subscription.items.data
  if (item === undefined) throw new Error('a subscription without items')
  return item
}

describe('an app that keeps customers', () => {
  it('makes, reads, finds, changes and deletes them', async () => {
    const made = await stripe.customers.create({
      email: 'Ada@example.test',
      name: 'Ada',
      metadata: { user_id: '17', plan: 'free' },
    })
    await stripe.customers.create({ email: 'grace@example.test' })
    expect(await stripe.customers.retrieve(made.id)).toMatchObject({ name: 'Ada' })
    const found = await stripe.customers.list({ email: 'Ada@example.test', limit: 1 })
    expect(found.data.map(({ id }) => id)).toEqual([made.id])

    const changed = await stripe.customers.update(made.id, { metadata: { plan: 'pro', seats: 3 } })
    expect(changed.metadata).toEqual({ user_id: '17', plan: 'pro', seats: '3' })
    const unset = await stripe.customers.update(made.id, { metadata: { plan: '' } })
    expect(unset.metadata).toEqual({ user_id: '17', seats: '3' })

    expect(await stripe.customers.del(made.id)).toEqual(
      expect.objectContaining({ id: made.id, deleted: true }),
    )
    expect(await stripe.customers.retrieve(made.id)).toMatchObject({ deleted: true })
  })

  it('expands what it wants to read at once', async () => {
    const price = await plan(2_900)
    const subscription = await subscribe(price.id, {
      expand: ['latest_invoice.payments', 'items.data.price.product', 'customer'],
    })
    const invoice = subscription.latest_invoice as Stripe.Invoice
    const intent = invoice.payments?.data[0]?.payment.payment_intent as string
    expect(invoice).toMatchObject({ object: 'invoice', status: 'paid', amount_paid: 2_900 })
    expect(itemOf(subscription).price.product).toMatchObject({ name: 'Plan at 2900' })
    expect(subscription.customer).toMatchObject({ email: 'ada@example.test' })

    const paid = await stripe.paymentIntents.retrieve(intent, {
      expand: ['latest_charge.balance_transaction'],
    })
    const charge = paid.latest_charge as Stripe.Charge
    expect(charge.balance_transaction).toMatchObject({ amount: 2_900, currency: 'usd' })

    const listed = await stripe.subscriptions.list({ expand: ['data.customer'] })
    expect(listed.data[0]?.customer).toMatchObject({ email: 'ada@example.test' })
  })

  it('finds a price by its lookup key', async () => {
    const price = await plan(900, { lookup_key: 'starter_monthly' })
    const { data } = await stripe.prices.list({
      lookup_keys: ['starter_monthly'],
      expand: ['data.product'],
    })
    expect(data).toHaveLength(1)
    expect(data[0]).toMatchObject({ id: price.id, product: { name: 'Plan at 900' } })
  })
})

describe('an app that sells subscriptions', () => {
  it('shows what an upgrade will cost, and that is what it costs', async () => {
    const [basic, pro] = [await plan(1_000), await plan(3_000)]
    const subscription = await subscribe(basic.id)
    await sandbox.advance({ days: 10 })
    const items = [{ id: itemOf(subscription).id, price: pro.id }]
    const proration = {
      proration_behavior: 'always_invoice',
      proration_date: sandbox.now(),
    } as const

    const preview = await stripe.invoices.createPreview({
      customer: subscription.customer as string,
      subscription: subscription.id,
      subscription_details: { items, ...proration },
    })
    const updated = await stripe.subscriptions.update(subscription.id, {
      items,
      ...proration,
      expand: ['latest_invoice'],
    })

    const billed = updated.latest_invoice as Stripe.Invoice
    // 21 of 31 days are left: 30.00 less 10.00 for them.
    expect(preview.total).toBe(Math.round((3_000 * 21) / 31) - Math.round((1_000 * 21) / 31))
    expect(billed).toMatchObject({ status: 'paid', total: preview.total })
    const lines = await stripe.invoices.listLineItems(billed.id ?? '')
    expect(lines.data.map(({ amount }) => amount).sort()).toEqual(
      preview.lines.data.map(({ amount }) => amount).sort(),
    )
    expect(itemOf(updated).price.id).toBe(pro.id)
  })

  it('changes the seats, and the next invoice has the difference', async () => {
    const price = await plan(1_000)
    const subscription = await subscribe(price.id, { items: [{ price: price.id, quantity: 2 }] })
    await sandbox.advance({ days: 10 })
    const item = itemOf(subscription)
    await stripe.subscriptionItems.update(item.id, { quantity: 5 })
    const preview = await stripe.invoices.createPreview({ subscription: subscription.id })
    await sandbox.advance({ days: 21, hours: 2 })
    const [renewal] = (await stripe.invoices.list({ subscription: subscription.id, limit: 1 })).data
    expect(renewal).toMatchObject({ status: 'paid', total: preview.total })
    // Three more seats for 21 of 31 days, and five for the month that comes.
    const [before, after] = [(2_000 * 21) / 31, (5_000 * 21) / 31].map(Math.round)
    expect(preview.total).toBe(5_000 + (after ?? 0) - (before ?? 0))
  })

  it('starts a trial without a card, and cancels where none came', async () => {
    const price = await plan(2_900)
    const { id: customer } = await stripe.customers.create({ email: 'grace@example.test' })
    const subscription = await subscribe(price.id, {
      customer,
      trial_period_days: 14,
      trial_settings: { end_behavior: { missing_payment_method: 'cancel' } },
    })
    expect(subscription.status).toBe('trialing')
    await sandbox.advance({ days: 15 })
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('canceled')
    expect(sandbox.events('customer.subscription.trial_will_end')).toHaveLength(1)
  })

  it('refunds by payment intent, and sees disputes', async () => {
    const pay = { amount: 2_000, currency: 'usd', confirm: true } as const
    const methods = { enabled: true, allow_redirects: 'never' } as const
    const intent = await stripe.paymentIntents.create({
      ...pay,
      payment_method: 'pm_card_visa',
      automatic_payment_methods: methods,
    })
    const refund = await stripe.refunds.create({ payment_intent: intent.id, amount: 500 })
    expect(refund).toMatchObject({ status: 'succeeded', amount: 500, payment_intent: intent.id })
    const disputed = await stripe.paymentIntents.create({
      ...pay,
      payment_method: 'pm_card_createDispute',
      automatic_payment_methods: methods,
    })
    await sandbox.advance({ minutes: 1 })
    const { data } = await stripe.disputes.list({ payment_intent: disputed.id })
    expect(data).toEqual([expect.objectContaining({ amount: 2_000, status: 'needs_response' })])
  })

  it('lists events by their types', async () => {
    await subscribe((await plan(2_900)).id)
    const types = ['invoice.paid', 'customer.subscription.created']
    const { data } = await stripe.events.list({ types, limit: 100 })
    expect(data.map(({ type }) => type).sort()).toEqual([...types].sort())
  })
})

describe('an app that sends buyers to Checkout', () => {
  const urls = {
    success_url: 'https://app.test/thanks?session={CHECKOUT_SESSION_ID}',
    cancel_url: 'https://app.test/pricing',
  }

  it('sells a plan and a setup fee at once', async () => {
    const [monthly, fee] = [
      await plan(2_900),
      await stripe.prices.create({
        currency: 'usd',
        unit_amount: 9_900,
        product_data: { name: 'Setup' },
      }),
    ]
    const session = await stripe.checkout.sessions.create({
      mode: 'subscription',
      ...urls,
      client_reference_id: 'user_17',
      line_items: [
        { price: monthly.id, quantity: 3 },
        { price: fee.id, quantity: 1 },
      ],
      subscription_data: { metadata: { user_id: '17' }, trial_period_days: 7 },
      metadata: { user_id: '17' },
      allow_promotion_codes: true,
      billing_address_collection: 'auto',
      automatic_tax: { enabled: false },
      tax_id_collection: { enabled: true },
      payment_method_collection: 'always',
      customer_email: 'ada@example.test',
    })
    expect(session.url).toMatch(/^http/)
    await sandbox.pay(session)
    const done = await stripe.checkout.sessions.retrieve(session.id, {
      expand: ['line_items', 'subscription', 'customer'],
    })
    expect(done).toMatchObject({
      ...{ status: 'complete', payment_status: 'paid', amount_total: 9_900 },
      client_reference_id: 'user_17',
      customer: { email: 'ada@example.test' },
      subscription: { status: 'trialing', metadata: { user_id: '17' } },
    })
    const items = await stripe.checkout.sessions.listLineItems(session.id)
    expect(items.data.map(({ quantity }) => quantity)).toEqual([3, 1])
    expect(done.line_items?.data).toHaveLength(2)
  })

  it('takes off what a promotion code gives', async () => {
    const price = await plan(2_000)
    const coupon = await stripe.coupons.create({ percent_off: 25, duration: 'once' })
    const code = await stripe.promotionCodes.create({
      promotion: { type: 'coupon', coupon: coupon.id },
      code: 'SPRING25',
      max_redemptions: 10,
    })
    const session = await stripe.checkout.sessions.create({
      mode: 'subscription',
      ...urls,
      line_items: [{ price: price.id, quantity: 1 }],
      discounts: [{ promotion_code: code.id }],
    })
    expect(session).toMatchObject({
      amount_total: 1_500,
      total_details: { amount_discount: 500 },
    })
    const paid = await sandbox.pay(session)
    expect((await stripe.promotionCodes.retrieve(code.id)).times_redeemed).toBe(1)
    const { data } = await stripe.invoices.list({ subscription: paid.subscription as string })
    expect(data[0]).toMatchObject({ total: 1_500, status: 'paid' })
  })
})

it('a buyer cancels in the portal, for the end of the period, and thinks again', async () => {
  const subscription = await subscribe((await plan(2_900)).id)
  const session = await stripe.billingPortal.sessions.create({
    customer: subscription.customer as string,
    return_url: 'https://app.test/account',
  })
  const press = (act: string) =>
    sandbox.fetch(
      new Request(session.url, {
        method: 'POST',
        body: new URLSearchParams({ act, subscription: subscription.id }),
      }),
    )
  const page = await (await sandbox.fetch(new Request(session.url))).text()
  expect(page).toContain('Plan at 2900')

  expect((await press('cancel')).status).toBe(303)
  const ending = await stripe.subscriptions.retrieve(subscription.id)
  expect(ending).toMatchObject({
    status: 'active',
    cancel_at: itemOf(subscription).current_period_end,
    cancellation_details: { reason: 'cancellation_requested' },
  })
  await press('keep')
  expect((await stripe.subscriptions.retrieve(subscription.id)).cancel_at).toBeNull()

  await press('cancel')
  await sandbox.advance({ days: 32 })
  expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('canceled')
  expect(sandbox.events('customer.subscription.deleted')).toHaveLength(1)
})

it('an endpoint of an older version is sent the shapes it was written for', async () => {
  const received: Stripe.Event[] = []
  sandbox.deliverTo(
    async (request) => {
      received.push((await request.json()) as Stripe.Event)
      return new Response()
    },
    { secret: 'whsec_test', apiVersion: '2024-06-20', types: ['invoice.paid'] },
  )
  const endpoint = await stripe.webhookEndpoints.create({
    url: 'https://app.test/hook',
    enabled_events: ['customer.subscription.updated'],
    api_version: '2024-06-20',
  })
  expect(endpoint).toMatchObject({ api_version: '2024-06-20', status: 'enabled' })
  expect(endpoint.secret).toMatch(/^whsec_/)

  const subscription = await subscribe((await plan(2_900)).id)
  await sandbox.delivered()
  const [event] = received
  expect(event?.api_version).toBe('2024-06-20')
  // Basil moved these: stripe-facts §2.
  expect(event?.data.object).toMatchObject({
    subscription: subscription.id,
    paid: true,
    charge: expect.stringMatching(/^ch_/),
    payment_intent: expect.stringMatching(/^pi_/),
  })
  expect(event?.data.object).not.toHaveProperty('parent')
})

it('a network that fails makes the SDK try again, and nobody is charged or made twice', async () => {
  const price = await plan(2_900)
  const client = sandbox.client({ maxNetworkRetries: 12 })
  sandbox.faults({ closeAfter: 0.3, errorAfter: 0.2 })
  const people = 6
  await Promise.all(
    Array.from({ length: people }, async (_, at) => {
      const customer = await client.customers.create({
        email: `buyer${at}@example.test`,
        payment_method: 'pm_card_visa',
        invoice_settings: { default_payment_method: 'pm_card_visa' },
      })
      await client.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] })
    }),
  )
  sandbox.faults({ closeAfter: 0, errorAfter: 0 })

  expect(sandbox.status()).toMatchObject({ customers: people, subscriptions: people })
  expect((await stripe.charges.list({ limit: 100 })).data).toHaveLength(people)
}, 120_000)
