import { beforeAll, describe, expect, it } from 'vitest'
import { SANDBOX_KEY } from '../../src/sandbox/index.ts'
import { judged, NOW, type Judged } from './money/judged.ts'
import { call, ok, type Params } from './support/call.ts'

type Fields = Readonly<Record<string, unknown>>

/** What is refused: type, code and param, as far as Stripe's own documents say them. */
interface Refused {
  readonly path: string
  readonly params?: Params
  readonly method?: 'GET' | 'POST' | 'DELETE'
  readonly status?: number
  readonly error: Fields
}

const DAY = 86_400
const INVALID = { type: 'invalid_request_error' }
const MONTH = { interval: 'month' }

/** A shop, and one of everything that something can be done wrong to. */
class Counter {
  readonly stripe: Judged

  constructor(stripe: Judged) {
    this.stripe = stripe
  }

  async id(path: string, params: Params = {}): Promise<string> {
    return (await this.stripe.post(path, params)).id as string
  }

  async customer(card = 'pm_card_visa'): Promise<string> {
    const customer = await this.id('/v1/customers', { email: 'ada@example.test' })
    const method = await this.id(`/v1/payment_methods/${card}/attach`, { customer })
    const settings = { invoice_settings: { default_payment_method: method } }
    await this.id(`/v1/customers/${customer}`, settings)
    return customer
  }

  async price(params: Params = {}): Promise<string> {
    return this.id('/v1/prices', {
      currency: 'usd',
      unit_amount: 2_900,
      product_data: { name: 'Pro' },
      ...params,
    })
  }

  async metered(): Promise<string> {
    const event = `calls_${this.stripe.sandbox.world.random.text(6)}`
    const meter = await this.id('/v1/billing/meters', {
      display_name: 'Calls',
      event_name: event,
      default_aggregation: { formula: 'sum' },
    })
    return this.price({ recurring: { ...MONTH, usage_type: 'metered', meter } })
  }

  async subscription(customer: string, params: Params = {}): Promise<string> {
    const price = await this.price({ recurring: MONTH })
    return this.id('/v1/subscriptions', { customer, items: [{ price }], ...params })
  }

  /** An invoice of 9.00 USD: a draft, or further on its way. */
  async invoice(state: 'draft' | 'open' | 'paid' | 'void'): Promise<string> {
    const customer = await this.customer()
    const sent = { collection_method: 'send_invoice', days_until_due: 30, auto_advance: false }
    const invoice = await this.id('/v1/invoices', { customer, ...sent })
    await this.id('/v1/invoiceitems', { customer, invoice, amount: 900, currency: 'usd' })
    if (state === 'draft') return invoice
    await this.id(`/v1/invoices/${invoice}/finalize`)
    if (state === 'paid') await this.id(`/v1/invoices/${invoice}/pay`)
    if (state === 'void') await this.id(`/v1/invoices/${invoice}/void`)
    return invoice
  }

  async payment(params: Params = {}): Promise<{ intent: string; charge: string }> {
    const made = await this.stripe.post('/v1/payment_intents', {
      amount: 2_000,
      currency: 'usd',
      payment_method: 'pm_card_visa',
      confirm: true,
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      ...params,
    })
    return { intent: made.id as string, charge: made.latest_charge as string }
  }
}

const CASES: Readonly<Record<string, (at: Counter) => Promise<Refused>>> = {
  // Invoices
  'paying a void invoice': async (at) => ({
    path: `/v1/invoices/${await at.invoice('void')}/pay`,
    error: INVALID,
  }),
  'paying a paid invoice': async (at) => ({
    path: `/v1/invoices/${await at.invoice('paid')}/pay`,
    error: { ...INVALID, message: 'Invoice is already paid' },
  }),
  'finalising twice': async (at) => ({
    path: `/v1/invoices/${await at.invoice('open')}/finalize`,
    error: { ...INVALID, code: 'invoice_not_editable' },
  }),
  'deleting an invoice that is no draft': async (at) => ({
    method: 'DELETE',
    path: `/v1/invoices/${await at.invoice('open')}`,
    error: INVALID,
  }),
  'voiding a draft': async (at) => ({
    path: `/v1/invoices/${await at.invoice('draft')}/void`,
    error: INVALID,
  }),
  'an item for an invoice that is no draft': async (at) => {
    const customer = await at.customer()
    const invoice = await at.invoice('open')
    return {
      path: '/v1/invoiceitems',
      params: { customer, invoice, amount: 1, currency: 'usd' },
      error: INVALID,
    }
  },
  'attaching a payment intent that is none': async (at) => ({
    path: `/v1/invoices/${await at.invoice('open')}/attach_payment`,
    params: { payment_intent: 'pi_none' },
    error: { ...INVALID, code: 'resource_missing', param: 'payment_intent' },
  }),

  // Refunds and payments
  'refunding more than was paid': async (at) => ({
    path: '/v1/refunds',
    params: { charge: (await at.payment()).charge, amount: 2_001 },
    error: { ...INVALID, param: 'amount' },
  }),
  'refunding what is refunded': async (at) => {
    const { charge } = await at.payment()
    await at.id('/v1/refunds', { charge })
    return {
      path: '/v1/refunds',
      params: { charge },
      error: { ...INVALID, code: 'charge_already_refunded' },
    }
  },
  'refunding an intent that took nothing': async (at) => ({
    path: '/v1/refunds',
    params: {
      payment_intent: await at.id('/v1/payment_intents', { amount: 900, currency: 'usd' }),
    },
    error: INVALID,
  }),
  'capturing twice': async (at) => {
    const { intent } = await at.payment({ capture_method: 'manual' })
    await at.id(`/v1/payment_intents/${intent}/capture`)
    return {
      path: `/v1/payment_intents/${intent}/capture`,
      error: { ...INVALID, code: 'payment_intent_unexpected_state' },
    }
  },
  'capturing more than was authorised': async (at) => ({
    path: `/v1/payment_intents/${(await at.payment({ capture_method: 'manual' })).intent}/capture`,
    params: { amount_to_capture: 2_001 },
    error: { ...INVALID, param: 'amount_to_capture' },
  }),
  'confirming what has succeeded': async (at) => ({
    path: `/v1/payment_intents/${(await at.payment()).intent}/confirm`,
    error: { ...INVALID, code: 'payment_intent_unexpected_state' },
  }),
  'cancelling what has succeeded': async (at) => ({
    path: `/v1/payment_intents/${(await at.payment()).intent}/cancel`,
    error: { ...INVALID, code: 'payment_intent_unexpected_state' },
  }),
  'a declined card': async () => ({
    path: '/v1/payment_intents',
    params: {
      amount: 900,
      currency: 'usd',
      confirm: true,
      payment_method: 'pm_card_chargeDeclinedInsufficientFunds',
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    },
    status: 402,
    error: { type: 'card_error', code: 'card_declined', decline_code: 'insufficient_funds' },
  }),
  'less than the least that can be charged': async () => ({
    path: '/v1/payment_intents',
    params: { amount: 49, currency: 'usd' },
    error: { ...INVALID, code: 'amount_too_small' },
  }),
  "another customer's payment method": async (at) => {
    const customer = await at.id('/v1/customers')
    const method = await at.id('/v1/payment_methods/pm_card_visa/attach', { customer })
    const other = await at.id('/v1/customers')
    return {
      path: `/v1/payment_methods/${method}/attach`,
      params: { customer: other },
      error: INVALID,
    }
  },
  "a default payment method that is not the customer's": async (at) => ({
    path: `/v1/customers/${await at.id('/v1/customers')}`,
    params: {
      invoice_settings: {
        default_payment_method: await at.id('/v1/payment_methods', {
          type: 'card',
          card: { token: 'tok_visa' },
        }),
      },
    },
    error: INVALID,
  }),

  // Subscriptions
  'cancelling a canceled subscription': async (at) => {
    const subscription = await at.subscription(await at.customer())
    await at.stripe.call('DELETE', `/v1/subscriptions/${subscription}`)
    return {
      method: 'DELETE',
      path: `/v1/subscriptions/${subscription}`,
      status: 404,
      error: { ...INVALID, code: 'resource_missing' },
    }
  },
  'resuming a subscription that is not paused': async (at) => ({
    path: `/v1/subscriptions/${await at.subscription(await at.customer())}/resume`,
    error: INVALID,
  }),
  'updating an expired incomplete one': async (at) => {
    const subscription = await at.subscription(await at.customer('pm_card_chargeCustomerFail'))
    await at.stripe.advance(DAY)
    const items = [{ price: await at.price({ recurring: MONTH }) }]
    return { path: `/v1/subscriptions/${subscription}`, params: { items }, error: INVALID }
  },
  'a subscription to a price paid once': async (at) => ({
    path: '/v1/subscriptions',
    params: { customer: await at.customer(), items: [{ price: await at.price() }] },
    error: { ...INVALID, param: 'items[0][price]' },
  }),
  'a subscription in two currencies': async (at) => ({
    path: '/v1/subscriptions',
    params: {
      customer: await at.customer(),
      items: [
        { price: await at.price({ recurring: MONTH }) },
        { price: await at.price({ recurring: MONTH, currency: 'eur' }) },
      ],
    },
    error: INVALID,
  }),
  'a quantity of what is metered': async (at) => ({
    path: '/v1/subscriptions',
    params: { customer: await at.customer(), items: [{ price: await at.metered(), quantity: 2 }] },
    error: INVALID,
  }),
  'a subscription to an archived price': async (at) => {
    const price = await at.price({ recurring: MONTH })
    await at.id(`/v1/prices/${price}`, { active: false })
    return {
      path: '/v1/subscriptions',
      params: { customer: await at.customer(), items: [{ price }] },
      error: INVALID,
    }
  },
  'a subscription that nothing can pay': async (at) => ({
    path: '/v1/subscriptions',
    params: {
      customer: await at.id('/v1/customers'),
      items: [{ price: await at.price({ recurring: MONTH }) }],
    },
    error: { ...INVALID, code: 'resource_missing' },
  }),
  'a first payment declined, where that is to be an error': async (at) => ({
    path: '/v1/subscriptions',
    params: {
      customer: await at.customer('pm_card_chargeCustomerFail'),
      items: [{ price: await at.price({ recurring: MONTH }) }],
      payment_behavior: 'error_if_incomplete',
    },
    status: 402,
    error: { type: 'card_error', code: 'card_declined' },
  }),

  // Catalogue
  'deleting a product with prices': async (at) => {
    const product = await at.id('/v1/products', { name: 'Pro' })
    await at.id('/v1/prices', { product, currency: 'usd', unit_amount: 1 })
    return { method: 'DELETE', path: `/v1/products/${product}`, error: INVALID }
  },
  'a product id that is taken': async (at) => {
    const params = { id: 'taken', name: 'Pro' }
    await at.id('/v1/products', params)
    return { path: '/v1/products', params, error: { ...INVALID, code: 'resource_already_exists' } }
  },
  'a coupon that is used up': async (at) => {
    const coupon = await at.id('/v1/coupons', {
      percent_off: 10,
      duration: 'once',
      max_redemptions: 1,
    })
    await at.subscription(await at.customer(), { discounts: [{ coupon }] })
    const price = await at.price({ recurring: MONTH })
    return {
      path: '/v1/subscriptions',
      params: { customer: await at.customer(), items: [{ price }], discounts: [{ coupon }] },
      error: { ...INVALID, code: 'coupon_expired', param: 'discounts' },
    }
  },
  'a promotion code that has expired': async (at) => {
    const coupon = await at.id('/v1/coupons', { percent_off: 10, duration: 'once' })
    const code = await at.id('/v1/promotion_codes', {
      promotion: { type: 'coupon', coupon },
      expires_at: at.stripe.sandbox.now() + 60,
    })
    await at.stripe.advance(61)
    const price = await at.price({ recurring: MONTH })
    return {
      path: '/v1/subscriptions',
      params: {
        customer: await at.customer(),
        items: [{ price }],
        discounts: [{ promotion_code: code }],
      },
      error: { ...INVALID, param: 'discounts' },
    }
  },

  'a quote changed to a discount that is none': async (at) => ({
    path: `/v1/quotes/${await at.id('/v1/quotes', { customer: await at.id('/v1/customers') })}`,
    params: { discounts: [{ discount: 'di_none' }] },
    error: { ...INVALID, code: 'resource_missing' },
  }),
  'a portal in a language that is none': async (at) => ({
    path: '/v1/billing_portal/sessions',
    params: { customer: await at.id('/v1/customers'), locale: 'toString' },
    error: { ...INVALID, param: 'locale' },
  }),
  'a kind of payment method that is none': async () => ({
    path: '/v1/setup_intents',
    params: { allowed_payment_method_types: ['barter'] },
    error: { ...INVALID, param: 'allowed_payment_method_types[0]' },
  }),

  // Checkout, clocks
  'expiring a complete session': async (at) => {
    const session = await at.id('/v1/checkout/sessions', {
      mode: 'payment',
      success_url: 'https://app.test/thanks',
      line_items: [{ price: await at.price(), quantity: 1 }],
    })
    await at.stripe.sandbox.pay(session)
    return { path: `/v1/checkout/sessions/${session}/expire`, error: INVALID }
  },
  'a test clock moved backwards': async (at) => ({
    path: `/v1/test_helpers/test_clocks/${await at.id('/v1/test_helpers/test_clocks', { frozen_time: NOW })}/advance`,
    params: { frozen_time: NOW - 1 },
    error: { ...INVALID, param: 'frozen_time' },
  }),
}

describe('is refused as Stripe does:', () => {
  let counter: Counter
  beforeAll(async () => void (counter = new Counter(await judged())))

  it.each(Object.keys(CASES))('%s', async (name) => {
    const refused = await (CASES[name] as (typeof CASES)[string])(counter)
    const { method = 'POST', path, params, status = 400 } = refused
    const { world } = counter.stripe.sandbox
    const before = world.events.size
    const answer = await counter.stripe.call(method, path, params)
    expect({ status: answer.status, error: answer.body.error }).toMatchObject({
      status,
      error: { message: expect.stringMatching(/\S/), ...refused.error },
    })
    // A refusal changes nothing; only a payment that was tried leaves its traces.
    if (status !== 402) expect(world.events.size).toBe(before)
  })
})

it('a meter event older than 35 days is refused', async () => {
  const { sandbox } = await judged()
  const event = { display_name: 'Calls', event_name: 'late' }
  const meter = { ...event, default_aggregation: { formula: 'sum' } }
  await ok(sandbox, 'POST', '/v1/billing/meters', meter)
  const customer = await ok(sandbox, 'POST', '/v1/customers')
  // Not judged: the SDK's codes of errors lack those of meter events (stripe-facts §5).
  const { status, body } = await call(sandbox, 'POST', '/v1/billing/meter_events', {
    event_name: 'late',
    payload: { stripe_customer_id: customer.id, value: 1 },
    timestamp: sandbox.now() - 36 * DAY,
  })
  expect({ status, ...body.error }).toMatchObject({
    ...{ status: 400, ...INVALID, code: 'timestamp_too_far_in_past', param: 'timestamp' },
  })
})

describe('an id that names nothing', () => {
  it.each([
    ...['customers', 'products', 'prices', 'coupons', 'promotion_codes', 'subscriptions'],
    ...['invoices', 'invoiceitems', 'payment_intents', 'setup_intents', 'charges', 'refunds'],
    ...['disputes', 'payment_methods', 'checkout/sessions', 'subscription_schedules', 'quotes'],
    ...['subscription_items', 'credit_notes', 'billing/meters', 'tax_rates', 'webhook_endpoints'],
    ...['events', 'payment_links', 'test_helpers/test_clocks', 'billing_portal/configurations'],
  ])('of /v1/%s is 404, however it is spelt', async (family) => {
    const stripe = await judged()
    for (const id of ['none', '__proto__', 'constructor', '%00', '%F0%9F%99%82']) {
      const { status, body } = await stripe.call('GET', `/v1/${family}/${id}`)
      expect({ status, ...body.error }).toMatchObject({
        status: 404,
        ...INVALID,
        code: 'resource_missing',
        param: expect.stringMatching(/\w/),
      })
    }
  })
})

describe('a caller', () => {
  it('with a live key is refused, and told why', async () => {
    const { sandbox } = await judged()
    const response = await sandbox.fetch(
      new Request('http://sandbox.invalid/v1/customers', {
        headers: { authorization: 'Bearer sk_live_abc' },
      }),
    )
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({
      error: { ...INVALID, message: expect.stringContaining('test mode only') },
    })
  })

  it('of the current version is strictly read; one that names none may use older names', async () => {
    const stripe = await judged()
    const at = new Counter(stripe)
    const coupon = await at.id('/v1/coupons', { percent_off: 10, duration: 'once' })
    const older = { coupon }
    const current = await stripe.call('POST', '/v1/promotion_codes', older)
    expect(current.body.error).toMatchObject({ ...INVALID, code: 'parameter_unknown' })
    expect(current.body.error.param).toBe('coupon')
    const versionless = await stripe.call('POST', '/v1/promotion_codes', older, { version: null })
    expect(versionless.status).toBe(200)
    const unknown = await stripe.call('POST', '/v1/customers', { colour: 1 }, { version: null })
    expect(unknown.body.error).toMatchObject({ code: 'parameter_unknown', param: 'colour' })
  })

  it("cannot reach anybody's prototype", async () => {
    const { sandbox } = await judged()
    for (const body of [
      'metadata[__proto__][polluted]=1',
      '__proto__[polluted]=1',
      'metadata[constructor][prototype][polluted]=1',
      'constructor[prototype][polluted]=1',
    ]) {
      const response = await sandbox.fetch(
        new Request('http://sandbox.invalid/v1/customers', {
          method: 'POST',
          headers: { authorization: `Bearer ${SANDBOX_KEY}` },
          body: `name=Ada&${body}`,
        }),
      )
      expect(response.status).toBeLessThan(500)
      expect(({} as Fields)['polluted']).toBeUndefined()
    }
  })

  it.each(['__proto__', 'constructor', 'toString'])('cannot expand %s', async (path) => {
    const stripe = await judged()
    const { id } = await stripe.post('/v1/customers')
    const { status, body } = await stripe.call('GET', `/v1/customers/${id}`, { expand: [path] })
    expect({ status, ...body.error }).toMatchObject({ status: 400, ...INVALID, param: 'expand' })
  })
})

it('a name of a customer that is unset is absent, not null', async () => {
  const stripe = await judged()
  const { id } = await stripe.post('/v1/customers', { business_name: 'Ada Ltd' })
  // The judge knows the name as a text that may be missing.
  expect(await stripe.post(`/v1/customers/${id}`, { business_name: '' })).not.toHaveProperty(
    'business_name',
  )
})

it('a discount that was taken off a subscription is answered without its end', async () => {
  const stripe = await judged()
  const at = new Counter(stripe)
  const terms = { percent_off: 10, duration: 'repeating', duration_in_months: 3 }
  const coupon = await at.id('/v1/coupons', terms)
  const discounts = [{ coupon }]
  const subscription = await at.subscription(await at.customer(), { discounts })
  const path = `/v1/subscriptions/${subscription}/discount`
  const { body } = await stripe.call('DELETE', path)
  expect(body).toMatchObject({ object: 'discount', deleted: true })
  expect(body).not.toHaveProperty('end')
})

describe('what a plan was made of goes away before its time:', () => {
  const later = { duration: { interval: 'month', interval_count: 1 } }

  it('a waiting schedule ends with its customer, and its start finds nothing to do', async () => {
    const stripe = await judged()
    const at = new Counter(stripe)
    const customer = await at.customer()
    const price = await at.price({ recurring: MONTH })
    const phases = [{ items: [{ price }], ...later }]
    const params = { customer, start_date: NOW + DAY, phases }
    const id = await at.id('/v1/subscription_schedules', params)
    await stripe.call('DELETE', `/v1/customers/${customer}`)
    expect((await stripe.get(`/v1/subscription_schedules/${id}`)).status).toBe('canceled')
    await stripe.advance(2 * DAY)
    expect(stripe.sandbox.world.table('subscription').size).toBe(0)
  })

  it('a schedule whose price is deleted cannot start: it is aborted', async () => {
    const stripe = await judged()
    const at = new Counter(stripe)
    const customer = await at.customer()
    const product = await at.id('/v1/products', { name: 'Pro' })
    const plan = { product, currency: 'usd', amount: 900, interval: 'month' }
    const price = await at.id('/v1/plans', plan)
    const phases = [{ items: [{ price }], ...later }]
    const params = { customer, start_date: NOW + DAY, phases }
    const id = await at.id('/v1/subscription_schedules', params)
    await stripe.call('DELETE', `/v1/plans/${price}`)
    await stripe.advance(2 * DAY)
    expect((await stripe.get(`/v1/subscription_schedules/${id}`)).status).toBe('canceled')
    expect(stripe.event('subscription_schedule.aborted').data.object).toMatchObject({ id })
  })
})
