import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { renderEvent } from '../../../src/sandbox/delivery/render-event.ts'
import { createSandbox, type Sandbox } from '../../../src/sandbox/index.ts'
import { EVENTS_DIR } from '../../support/type-version-table.ts'
import { call, ok } from '../support/call.ts'
import { eventsOf } from './judged.ts'

/** Events that real Stripe accounts emitted; tests that need them skip where they are not. */
const CAPTURED = join(EVENTS_DIR, 'captured')

type Fields = Readonly<Record<string, unknown>>

interface CapturedEvent {
  readonly type: string
  readonly api_version: string
  readonly data: { readonly object: Fields }
}

function capturedEvents(): readonly { readonly name: string; readonly event: CapturedEvent }[] {
  if (!existsSync(CAPTURED)) return []
  return readdirSync(CAPTURED)
    .filter((name) => name.endsWith('.json'))
    .map((name) => ({
      name,
      event: JSON.parse(readFileSync(join(CAPTURED, name), 'utf8')) as CapturedEvent,
    }))
    .filter(({ event }) => isOfOurs(event))
}

/** From the oldest shapes we make on; Radar's reviews are not played. */
function isOfOurs({ api_version: version, type }: CapturedEvent): boolean {
  const from = type === 'invoiceitem.created' ? '2020-08-27' : '2022-08-01'
  return version >= from && version < '2025-03-31.basil' && !type.startsWith('review.')
}

/** What the CLI and a small shop do: something of every kind of object the captures have. */
async function livelySandbox(): Promise<Sandbox> {
  const sandbox = await createSandbox({ seed: 'older shapes', now: '2026-01-01T00:00:00Z' })
  const post = async (path: string, params: Record<string, unknown> = {}) =>
    ok(sandbox, 'POST', path, params, { version: null })
  const product = await post('/v1/products', { name: 'Pro' })
  await post(`/v1/products/${product.id}`, { metadata: { a: 'b' } })
  const spare = await post('/v1/products', { name: 'Spare' })
  await call(sandbox, 'DELETE', `/v1/products/${spare.id}`)
  const price = await post('/v1/prices', {
    product: product.id,
    currency: 'usd',
    unit_amount: 1500,
    recurring: { interval: 'month' },
  })
  await post(`/v1/prices/${price.id}`, { metadata: { a: 'b' } })
  const customer = await post('/v1/customers', {
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
  })
  await post(`/v1/customers/${customer.id}`, { metadata: { a: 'b' } })
  const coupon = await post('/v1/coupons', { percent_off: 20, duration: 'forever' })
  const rate = await post('/v1/tax_rates', {
    display_name: 'VAT',
    inclusive: true,
    percentage: 19,
  })
  const subscription = await post('/v1/subscriptions', {
    customer: customer.id,
    items: [{ price: price.id, quantity: 7 }],
    default_tax_rates: [rate.id],
    discounts: [{ coupon: coupon.id }],
  })
  await post(`/v1/subscriptions/${subscription.id}`, { metadata: { a: 'b' } })
  const item = { customer: customer.id, amount: 1000, currency: 'usd' }
  await post('/v1/invoiceitems', { ...item, subscription: subscription.id })
  await post('/v1/payment_intents', {
    amount: 1000,
    currency: 'usd',
    payment_method: 'pm_card_createDispute',
    confirm: true,
    payment_method_types: ['card'],
  })
  const [dispute] = sandbox.world.table('dispute').values()
  await post(`/v1/disputes/${dispute?.id ?? ''}/close`)
  await post('/v1/setup_intents', {
    customer: customer.id,
    payment_method: 'pm_card_visa',
    confirm: true,
    payment_method_types: ['card'],
  })
  const draft = await post('/v1/invoices', { customer: customer.id })
  await post(`/v1/invoices/${draft.id}`, { metadata: { a: 'b' } })
  const [charge] = sandbox.world.table('charge').values()
  await post(`/v1/charges/${charge?.id ?? ''}`, { metadata: { a: 'b' } })
  const session = await post('/v1/checkout/sessions', {
    mode: 'subscription',
    line_items: [{ price: price.id, quantity: 1 }],
    success_url: 'https://shop.example/thanks',
  })
  const method = await post('/v1/payment_methods', { type: 'card', card: { token: 'tok_visa' } })
  await post(`/v1/payment_pages/${session.id}/confirm`, {
    payment_method: method.id,
    expected_amount: session.amount_total,
  })
  const link = await post('/v1/payment_links', { line_items: [{ price: price.id, quantity: 1 }] })
  await post(`/v1/payment_links/${link.id}`, { metadata: { a: 'b' } })
  return sandbox
}

/** Fields that come and go with what the object is about, in captures and sandbox alike. */
const EITHER = new Set([
  'authorization_code',
  'card',
  'invoice_item',
  'level3',
  'quantity',
  'radar_options',
  'shipping',
  'subscription_item',
  'transfer',
])

/**
 * Fields that Stripe added later to every version, taking nothing away: where a capture is older
 * than they are, we have them and it has not.
 */
const ADDED_SINCE = new Set([
  'adaptive_pricing',
  'advice_code',
  'after_submit',
  'allow_redisplay',
  'application',
  'automatic_payment_methods',
  'billing_cycle_anchor',
  'billing_cycle_anchor_config',
  'business_name',
  'client_secret',
  'currency_conversion',
  'custom_fields',
  'description',
  'disabled_reason',
  'discounts',
  'display_brand',
  'effective_at',
  'electronic_commerce_indicator',
  'enhanced_eligibility_types',
  'feedback_option',
  'footer',
  'inactive_message',
  'individual_name',
  'invoice',
  'invoice_settings',
  'issuer',
  'liability',
  'metadata',
  'meter',
  'network_advice_code',
  'network_decline_code',
  'network_transaction_id',
  'payment_method_configuration_details',
  'payment_method_details',
  'provider',
  'regulated_status',
  'rendering',
  'required',
  'restrictions',
  'saved_payment_method_options',
  'subscription_details',
  'tax_id',
  'terms_of_service_acceptance',
  'transaction_link_id',
  'trial_settings',
  'ui_mode',
])

function fieldsMissing(captured: unknown, rendered: unknown, path = ''): string[] {
  if (Array.isArray(captured) && Array.isArray(rendered)) {
    return captured.length === 0 || rendered.length === 0
      ? []
      : fieldsMissing(captured[0], rendered[0], `${path}[]`)
  }
  if (!isPlain(captured) || !isPlain(rendered) || 'metadata' === path.split('.').at(-1)) return []
  return Object.keys(captured).flatMap((key) => {
    if (!(key in rendered)) return EITHER.has(key) ? [] : [`${path}.${key}`]
    return fieldsMissing(captured[key], rendered[key], `${path}.${key}`)
  })
}

function isPlain(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const captured = capturedEvents()

describe.skipIf(captured.length === 0)('older shapes, beside what Stripe really sent', () => {
  let sandbox: Sandbox
  beforeAll(async () => {
    sandbox = await livelySandbox()
  })

  it.each(captured)('$name', ({ event }) => {
    const ours = eventsOf(sandbox).findLast(({ type }) => type === event.type)
    if (ours === undefined) throw new Error(`the story has no ${event.type}`)
    const rendered = JSON.parse(
      JSON.stringify(renderEvent(sandbox.world, ours, event.api_version, 0)),
    ) as CapturedEvent
    const added = fieldsMissing(rendered.data.object, event.data.object)
    expect({
      missing: fieldsMissing(event.data.object, rendered.data.object),
      notOfThatTime: added.filter((path) => !ADDED_SINCE.has(path.split('.').at(-1) ?? '')),
    }).toEqual({ missing: [], notOfThatTime: [] })
  })
})

describe('older shapes', () => {
  const OLD = '2023-10-16'

  async function renewed() {
    const sandbox = await livelySandbox()
    const [subscription] = sandbox.world.table('subscription').values()
    const [invoice] = sandbox.world.table('invoice').values()
    if (subscription === undefined || invoice === undefined) throw new Error('no subscription')
    const old = async (path: string, params = {}, version = OLD) =>
      ok(sandbox, 'GET', path, params, { version })
    return { sandbox, old, subscription, invoice }
  }

  it('find the ways between invoice, payment and subscription where they used to be', async () => {
    const { old, subscription, invoice } = await renewed()
    const was = await old(`/v1/invoices/${invoice.id}`)
    expect(was).toMatchObject({ subscription: subscription.id, paid: true, quote: null })
    expect(was.subscription_details).toEqual({ metadata: {} })
    const intent = await old(`/v1/payment_intents/${was.payment_intent}`)
    expect([intent.invoice, intent.latest_charge]).toEqual([invoice.id, was.charge])
    expect((await old(`/v1/charges/${was.charge}`)).invoice).toBe(invoice.id)
    const first = await old(`/v1/payment_intents/${was.payment_intent}`, {}, '2022-08-01')
    expect(first.charges.data[0].id).toBe(was.charge)
  })

  it('hold price, plan, tax and discount whole on the line and invoice', async () => {
    const { old, invoice } = await renewed()
    const was = await old(`/v1/invoices/${invoice.id}`)
    const [line] = was.lines.data
    // 7 x 15.00 less 20 %: 84.00, of which 19 % included tax is 13.41.
    expect(line).toMatchObject({
      type: 'subscription',
      proration: false,
      price: { unit_amount: 1500, recurring: { aggregate_usage: null } },
      plan: { amount: 1500, interval: 'month' },
      tax_amounts: [{ amount: 1341, inclusive: true }],
      tax_rates: [{ object: 'tax_rate', percentage: 19 }],
    })
    expect(was).toMatchObject({
      amount_paid: 8400,
      tax: 1341,
      total_tax_amounts: [{ amount: 1341, inclusive: true, tax_rate: line.tax_rates[0].id }],
      discount: { coupon: { percent_off: 20 } },
    })
    expect(was.discount.source).toBeUndefined()
    expect(was.lines.total_count).toBe(1)
  })

  it('have the period on the subscription, and say so of what it was before a renewal', async () => {
    const { sandbox, old, subscription } = await renewed()
    const item = subscription.items.data[0]
    const was = await old(`/v1/subscriptions/${subscription.id}`)
    expect(was).toMatchObject({
      current_period_start: item?.current_period_start,
      current_period_end: item?.current_period_end,
      quantity: 7,
      plan: { object: 'plan' },
      discount: { object: 'discount' },
    })
    await sandbox.advance({ days: 31 })
    const renewal = [...sandbox.world.events.values()].findLast(
      ({ type, data }) =>
        type === 'customer.subscription.updated' &&
        'id' in data.object &&
        data.object.id === subscription.id,
    )
    if (renewal === undefined) throw new Error('no renewal')
    const { data } = renderEvent(sandbox.world, renewal, OLD, 0) as {
      data: { previous_attributes: Fields }
    }
    expect(data.previous_attributes).toMatchObject({
      current_period_start: item?.current_period_start,
      current_period_end: item?.current_period_end,
    })
  })

  it('leave events as they were made, whatever the version of who asks', async () => {
    const { sandbox, invoice } = await renewed()
    const list = async (version: string) =>
      ok(sandbox, 'GET', '/v1/events', { type: 'invoice.paid' }, { version })
    expect((await list(OLD)).data).toEqual((await list('2026-10-28.endive')).data)
    expect((await list(OLD)).data.at(-1).data.object.parent).toEqual(
      JSON.parse(JSON.stringify(invoice.parent)),
    )
  })
})
