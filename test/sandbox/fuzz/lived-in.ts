import type { Params } from '../support/call.ts'

type Post = (path: string, params?: Params) => Promise<{ readonly id: string }>

const MONTH = { interval: 'month' }

/** A small shop and some months of three customers, so that ids in paths and parameters name something. */
export async function livedIn(
  post: Post,
  remove: (path: string) => Promise<unknown>,
  wait: (seconds: number) => void,
  now: number,
): Promise<void> {
  const id = async (path: string, params: Params = {}) => (await post(path, params)).id
  const product = await id('/v1/products', { name: 'Pro' })
  const price = (params: Params) => id('/v1/prices', { product, currency: 'usd', ...params })
  const monthly = await price({ unit_amount: 2_900, recurring: MONTH, lookup_key: 'pro' })
  const yearly = await price({ unit_amount: 29_000, recurring: { interval: 'year' } })
  const once = await price({ unit_amount: 1_500 })
  await price({ unit_amount: 3_000, currency: 'eur', recurring: MONTH })
  const meter = await id('/v1/billing/meters', {
    display_name: 'Calls',
    event_name: 'calls',
    default_aggregation: { formula: 'sum' },
  })
  const metered = { interval: 'month', usage_type: 'metered', meter }
  const usage = await price({ unit_amount: 3, recurring: metered })
  const feature = await id('/v1/entitlements/features', { name: 'SSO', lookup_key: 'sso' })
  await post(`/v1/products/${product}/features`, { entitlement_feature: feature })
  const coupon = await id('/v1/coupons', {
    percent_off: 20,
    duration: 'repeating',
    duration_in_months: 3,
  })
  await post('/v1/promotion_codes', { promotion: { type: 'coupon', coupon }, code: 'SAVE10' })
  const rate = { display_name: 'VAT', percentage: 19, inclusive: false }
  const tax = await id('/v1/tax_rates', rate)
  const clock = await id('/v1/test_helpers/test_clocks', { frozen_time: now })
  const card = { payment_method: 'pm_card_visa' }
  const customer = async (params: Params = {}) => {
    const made = await id('/v1/customers', { email: 'ada@example.test', ...params })
    const method = await id('/v1/payment_methods/pm_card_visa/attach', { customer: made })
    await post(`/v1/customers/${made}`, { invoice_settings: { default_payment_method: method } })
    return made
  }
  const ada = await customer()
  const grace = await customer({ test_clock: clock })
  const poor = await id('/v1/customers', { payment_method: 'pm_card_chargeCustomerFail' })
  const subscribe = (who: string, items: readonly Params[], more: Params = {}) =>
    post('/v1/subscriptions', { customer: who, items, ...more })
  await subscribe(ada, [{ price: monthly, quantity: 2 }, { price: usage }])
  await subscribe(grace, [{ price: monthly }], {
    discounts: [{ coupon }],
    default_tax_rates: [tax],
  })
  await subscribe(ada, [{ price: monthly }], { trial_period_days: 7 })
  await subscribe(poor, [{ price: yearly }], { payment_behavior: 'default_incomplete' })
  await post('/v1/billing/meter_events', {
    event_name: 'calls',
    payload: { stripe_customer_id: ada, value: 40 },
  })
  await post('/v1/billing/credit_grants', {
    customer: ada,
    category: 'paid',
    amount: { type: 'monetary', monetary: { currency: 'usd', value: 50 } },
    applicability_config: { scope: { price_type: 'metered' } },
  })
  await post('/v1/subscription_schedules', {
    customer: ada,
    start_date: now + 60 * 86_400,
    phases: [{ items: [{ price: monthly }], duration: { interval: 'month', interval_count: 2 } }],
  })
  wait(35 * 86_400)
  const line = { line_items: [{ price: monthly, quantity: 1 }] }
  await post('/v1/quotes', { customer: ada, ...line })
  const session = { mode: 'subscription', success_url: 'https://app.test/x', ...line }
  const bought = await id('/v1/checkout/sessions', { ...session, customer: ada })
  await post(`/v1/payment_pages/${bought}/confirm`, card)
  await post('/v1/checkout/sessions', session)
  await post('/v1/payment_links', { line_items: [{ price: once, quantity: 1 }] })
  await post('/v1/invoiceitems', { customer: ada, amount: 700, currency: 'usd' })
  const invoice = await id('/v1/invoices', {
    customer: ada,
    pending_invoice_items_behavior: 'include',
  })
  await post(`/v1/invoices/${invoice}/pay`)
  await post('/v1/credit_notes', { invoice, amount: 100, credit_amount: 100 })
  const sent = { customer: ada, collection_method: 'send_invoice', days_until_due: 30 }
  const due = await id('/v1/invoices', sent)
  await post('/v1/invoiceitems', { customer: ada, amount: 900, currency: 'usd', invoice: due })
  await post(`/v1/invoices/${due}/finalize`)
  const draft = await id('/v1/invoices', { customer: grace, auto_advance: false })
  await post('/v1/invoiceitems', { customer: grace, amount: 400, currency: 'usd', invoice: draft })
  const pay = { amount: 2_000, currency: 'usd', confirm: true, ...card }
  const withdrawn = { automatic_payment_methods: { enabled: true, allow_redirects: 'never' } }
  await post('/v1/payment_intents', {
    ...pay,
    ...withdrawn,
    customer: ada,
    ...{ payment_method: 'pm_card_createDispute' },
  })
  await post('/v1/payment_intents', {
    ...pay,
    ...withdrawn,
    customer: ada,
    capture_method: 'manual',
  })
  const other = await id('/v1/payment_intents', { ...pay, ...withdrawn, customer: ada })
  await post('/v1/refunds', { payment_intent: other, amount: 500 })
  await post('/v1/setup_intents', { customer: grace })
  await post(`/v1/customers/${ada}/sources`, { source: 'tok_visa' })
  await post(`/v1/customers/${ada}/balance_transactions`, { amount: -500, currency: 'usd' })
  await post(`/v1/test_helpers/customers/${poor}/fund_cash_balance`, {
    amount: 900,
    currency: 'usd',
  })
  await post('/v1/billing_portal/configurations', {
    features: { invoice_history: { enabled: true } },
  })
  await post('/v1/webhook_endpoints', { url: 'https://app.test/hook', enabled_events: ['*'] })
  await post('/v1/products', { id: 'gone', name: 'Gone' })
  await remove('/v1/products/gone')
  await remove(`/v1/customers/${await id('/v1/customers')}`)
  await remove(`/v1/coupons/${await id('/v1/coupons', { amount_off: 5, currency: 'usd' })}`)
}
