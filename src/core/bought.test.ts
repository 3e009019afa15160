import { describe, expect, it } from 'vitest'
import { compiled } from '../../test/support/catalogs.ts'
import { adas, HOUR, JANUARY, line, told } from '../../test/support/told.ts'
import type { BoughtPrice, CheckoutSessionState, InvoiceLineState } from './fact.ts'

const ADA = { customer_id: 'ada' }
/** A paid Checkout of Ada's that says nothing of what it sold. */
const session = (fields: Partial<CheckoutSessionState> = {}, at = JANUARY) =>
  told('checkout_session', 'cs_1', { paymentIntent: 'pi_1', metadata: ADA, ...fields }, { at })
const bought = (price: string, more: Partial<BoughtPrice> = {}): BoughtPrice => ({
  price,
  product: null,
  lookupKey: null,
  quantity: 1,
  ...more,
})
const oneTime = (fields: Partial<InvoiceLineState>) =>
  line({ subscription: null, subscriptionItem: null, isSubscriptionLine: false, ...fields })
const invoiceOf = (lines: InvoiceLineState[]) =>
  told('invoice', 'in_1', { subscription: null, customer: null, lines })

/** Nothing is matched by a lookup key, so a line that names none has nothing to hide. */
const byPrice = compiled({
  features: { reports: { type: 'flag' }, seats: { type: 'quantity' } },
  products: {
    lifetime: { match: { prices: ['price_lifetime'] }, grants: { reports: true } },
    seat: { match: { prices: ['price_seat', 'price_seat_2'] }, grants: { seats: 'quantity' } },
  },
})

describe('what a Checkout sold is told', () => {
  it('by the metadata of its payment, where the session’s own says nothing', () => {
    const payment = told('payment_intent', 'pi_1', { metadata: { proviso_product: 'lifetime' } })
    const { features, needs } = adas([session(), payment])

    expect(features['reports']).toMatchObject({ allowed: true })
    expect(needs).toEqual([])
  })

  it('by the session’s own metadata before its payment’s', () => {
    const own = session({ metadata: { ...ADA, proviso_product: 'pass' } })
    const payment = told('payment_intent', 'pi_1', { metadata: { proviso_product: 'lifetime' } })
    const { features } = adas([own, payment])

    expect(features).toMatchObject({ exports: { allowed: true }, reports: { allowed: false } })
  })

  it('by the lines of the invoice it names', () => {
    const lines = [oneTime({ price: 'price_lifetime' })]
    const { features, needs, alerts } = adas([session({ invoice: 'in_1' }), invoiceOf(lines)])

    expect(features['reports']).toMatchObject({ allowed: true })
    expect([needs, alerts]).toEqual([[], []])
  })

  it('by as many as were bought, the lines of one product together', () => {
    const lineItems = [
      bought('price_seat', { quantity: 3 }),
      bought('price_seat_2', { quantity: 2 }),
    ]
    const { features } = adas([session({ lineItems })], { catalog: byPrice })

    expect(features['seats']).toMatchObject({ allowed: true, value: 5 })
  })
})

describe('a line of a Checkout that no product matches', () => {
  const sold = session({ invoice: 'in_1' })
  const lines = [oneTime({ price: 'price_mystery' })]

  it('is an alert that names the price', () => {
    const { alerts, needs, features } = adas([sold, invoiceOf(lines)], { catalog: byPrice })

    expect(features['reports']).toMatchObject({ allowed: false })
    expect(alerts).toMatchObject([{ code: 'unmatched_price', objects: ['cs_1', 'price_mystery'] }])
    expect(needs).toEqual([])
  })

  it('of no price at all is one too', () => {
    const lineItems = [bought('', { price: null, product: 'prod_odd' })]
    const { alerts } = adas([session({ lineItems })], { catalog: byPrice })

    expect(alerts).toMatchObject([{ code: 'unmatched_price', objects: ['cs_1', 'unknown'] }])
  })

  it('is asked about first where the catalog matches lookup keys, which an invoice does not name', () => {
    const { alerts, needs } = adas([sold, invoiceOf(lines)])

    expect(needs).toMatchObject([{ type: 'checkout_session', object: 'cs_1' }])
    expect(alerts).toEqual([])
  })

  it('is believed where Stripe knows no such session to ask about', () => {
    const missing = told('checkout_session', 'cs_1', null, { at: JANUARY + HOUR })
    const { alerts, needs } = adas([sold, invoiceOf(lines), missing])

    expect(needs).toEqual([])
    expect(alerts).toMatchObject([{ code: 'unmatched_price' }])
  })
})

describe('a Checkout that Stripe no longer knows', () => {
  const missing = told('checkout_session', 'cs_1', null, { at: JANUARY + HOUR })

  it('and whose lines nobody saw is an alert, and asked for no more', () => {
    const { alerts, needs } = adas([session(), missing])

    expect(needs).toEqual([])
    expect(alerts).toMatchObject([{ code: 'line_items_missing', objects: ['cs_1'] }])
  })

  it('is none where its payment failed: it sold nothing', () => {
    const canceled = told('payment_intent', 'pi_1', { status: 'canceled', metadata: {} })
    const unpaid = session({ paymentStatus: 'unpaid' })

    expect(adas([unpaid, canceled, missing])).toMatchObject({ alerts: [], needs: [] })
    expect(adas([unpaid, canceled])).toMatchObject({ alerts: [], needs: [] })
  })
})
