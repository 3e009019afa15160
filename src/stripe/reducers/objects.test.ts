import { describe, expect, test } from 'vitest'
import { reducedState } from '../../../test/support/reduced.ts'

describe('customer', () => {
  test('finds a payment method on file in either place', () => {
    const modern = { id: 'cus_1', object: 'customer', metadata: {} }
    const byMethod = { ...modern, invoice_settings: { default_payment_method: 'pm_1' } }
    const bySource = { ...modern, default_source: { id: 'card_1', object: 'card' } }

    expect(reducedState('customer', byMethod)).toEqual(reducedState('customer', bySource))
    expect(reducedState('customer', byMethod).paymentMethodOnFile).toBe(true)
    expect(reducedState('customer', modern).paymentMethodOnFile).toBe(false)
  })

  test('is deleted by its mark or by the event that says so', () => {
    const customer = { id: 'cus_1', object: 'customer' }

    expect(reducedState('customer', { ...customer, deleted: true }).deleted).toBe(true)
    expect(reducedState('customer', customer, 'customer.deleted').deleted).toBe(true)
    expect(reducedState('customer', customer, 'customer.updated').deleted).toBe(false)
  })
})

describe('checkout session', () => {
  const session = {
    id: 'cs_test_1',
    object: 'checkout.session',
    mode: 'payment',
    status: 'complete',
    payment_status: 'paid',
    customer: null,
    client_reference_id: 'ada',
    payment_intent: 'pi_1',
  }

  test('knows no line items from a webhook and all of them from a read', () => {
    const line_items = {
      object: 'list',
      has_more: false,
      data: [{ id: 'li_1', quantity: 2, price: { id: 'price_1', product: 'prod_1' } }],
    }

    expect(reducedState('checkout_session', session).lineItems).toBeNull()
    expect(reducedState('checkout_session', { ...session, line_items }).lineItems).toEqual([
      { price: 'price_1', product: 'prod_1', lookupKey: null, quantity: 2 },
    ])
  })

  test('counts a part of the line items as none known', () => {
    const line_items = { data: [{ id: 'li_1', price: 'price_1' }], has_more: true }

    expect(reducedState('checkout_session', { ...session, line_items }).lineItems).toBeNull()
  })
})

describe('payment intent', () => {
  test('takes its charge from the embedded list or from latest_charge', () => {
    const intent = { id: 'pi_1', object: 'payment_intent', status: 'succeeded', amount: 500 }
    const old = { ...intent, charges: { data: [{ id: 'ch_1', amount: 500, paid: true }] } }

    expect(reducedState('payment_intent', old)).toEqual(
      reducedState('payment_intent', { ...intent, latest_charge: 'ch_1' }),
    )
  })
})

describe('charge', () => {
  test.each([
    [{ status: 'paid' }, 'succeeded'],
    [{ paid: true }, 'succeeded'],
    [{ paid: false }, 'failed'],
    [{ status: 'pending', paid: false }, 'pending'],
  ])('reads %o as %s', (fields, status) => {
    expect(
      reducedState('charge', { id: 'ch_1', object: 'charge', amount: 5, ...fields }).status,
    ).toBe(status)
  })

  test('is disputed by the flag or by naming its dispute', () => {
    const charge = { id: 'ch_1', object: 'charge', amount: 5, status: 'succeeded' }

    expect(reducedState('charge', { ...charge, disputed: true })).toEqual(
      reducedState('charge', { ...charge, dispute: 'dp_1' }),
    )
  })
})

describe('money that came back', () => {
  test('counts a refund of before refunds had a status as made', () => {
    const refund = { id: 're_1', object: 'refund', charge: 'ch_1', amount: 5 }

    expect(reducedState('refund', refund).status).toBe('succeeded')
    expect(reducedState('refund', { ...refund, status: 'failed' }).status).toBe('failed')
  })

  test('reads a dispute with its charge', () => {
    expect(
      reducedState('dispute', {
        id: 'dp_1',
        object: 'dispute',
        charge: { id: 'ch_1' },
        amount: 5,
        reason: 'fraudulent',
        status: 'needs_response',
      }),
    ).toEqual({
      status: 'needs_response',
      charge: 'ch_1',
      paymentIntent: null,
      amount: 5,
      reason: 'fraudulent',
      created: null,
    })
  })

  test('joins an invoice to its money', () => {
    expect(
      reducedState('invoice_payment', {
        id: 'inpay_1',
        object: 'invoice_payment',
        invoice: 'in_1',
        status: 'paid',
        amount_paid: 5,
        payment: { type: 'charge', charge: 'ch_1' },
      }),
    ).toEqual({
      status: 'paid',
      invoice: 'in_1',
      paymentIntent: null,
      charge: 'ch_1',
      amountPaid: 5,
    })
  })
})

describe('setup intent', () => {
  test('says whether there is a payment method', () => {
    const intent = { id: 'seti_1', object: 'setup_intent', status: 'succeeded', customer: 'cus_1' }

    expect(reducedState('setup_intent', { ...intent, payment_method: 'pm_1' })).toEqual({
      status: 'succeeded',
      customer: 'cus_1',
      hasPaymentMethod: true,
    })
  })
})

describe('prices and products', () => {
  test('reads a plan as the recurring price it is', () => {
    const plan = { id: 'gold', object: 'plan', amount: 5, product: 'prod_1', active: true }
    const price = {
      id: 'gold',
      object: 'price',
      unit_amount: 5,
      product: 'prod_1',
      active: true,
      recurring: { interval: 'month' },
    }

    expect(reducedState('price', plan)).toEqual(reducedState('price', price))
    expect(reducedState('price', plan, 'plan.deleted').isDeleted).toBe(true)
  })

  test('calls a product active unless it says otherwise or is gone', () => {
    const product = { id: 'prod_1', object: 'product', name: 'Pro', active: null }

    expect(reducedState('product', product).isActive).toBe(true)
    expect(reducedState('product', { ...product, active: false }).isActive).toBe(false)
    expect(reducedState('product', product, 'product.deleted')).toMatchObject({
      isActive: false,
      isDeleted: true,
    })
  })
})

describe('entitlement summary', () => {
  test('gives each lookup key once, sorted, and says when there are more', () => {
    const entry = (lookup_key: string) => ({ id: `ent_${lookup_key}`, lookup_key })

    expect(
      reducedState('entitlement_summary', {
        object: 'entitlements.active_entitlement_summary',
        customer: 'cus_1',
        entitlements: { data: [entry('sso'), entry('api'), entry('sso')], has_more: true },
      }),
    ).toEqual({ lookupKeys: ['api', 'sso'], hasMore: true })
  })
})

describe('test clock', () => {
  test('tells its frozen time', () => {
    expect(
      reducedState('test_clock', {
        id: 'clock_1',
        object: 'test_helpers.test_clock',
        frozen_time: 5,
        status: 'ready',
      }),
    ).toEqual({ frozenTime: 5, status: 'ready' })
  })
})
