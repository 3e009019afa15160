import { describe, expect, test } from 'vitest'
import { reducedState } from '../../../test/support/reduced.ts'

const START = 1_758_000_000
const END = 1_760_592_000

const common = {
  id: 'in_1',
  object: 'invoice',
  customer: 'cus_1',
  created: START,
  billing_reason: 'subscription_cycle',
  collection_method: 'charge_automatically',
  status: 'paid',
  amount_due: 2000,
  amount_paid: 2000,
  total: 2000,
  attempted: true,
  attempt_count: 1,
  next_payment_attempt: null,
  status_transitions: { finalized_at: START + 3600, paid_at: START + 3700 },
  metadata: {},
}

const period = { start: START, end: END }

const acacia = {
  ...common,
  paid: true,
  subscription: 'sub_1',
  subscription_details: { metadata: { customer_id: 'ada' } },
  payment_intent: 'pi_1',
  charge: null,
  lines: {
    object: 'list',
    has_more: false,
    data: [
      {
        id: 'il_1',
        type: 'subscription',
        amount: 2000,
        quantity: 3,
        period,
        proration: false,
        price: { id: 'price_pro', product: 'prod_pro', lookup_key: null },
        subscription: 'sub_1',
        subscription_item: 'si_1',
      },
      {
        id: 'il_2',
        type: 'invoiceitem',
        amount: -500,
        quantity: 3,
        period,
        proration: true,
        price: { id: 'price_pro', product: 'prod_pro', lookup_key: null },
        subscription: 'sub_1',
        subscription_item: 'si_1',
      },
    ],
  },
}

const endive = {
  ...common,
  parent: {
    type: 'subscription_details',
    subscription_details: { subscription: 'sub_1', metadata: { customer_id: 'ada' } },
  },
  payments: {
    object: 'list',
    has_more: false,
    data: [
      {
        id: 'inpay_1',
        object: 'invoice_payment',
        status: 'paid',
        amount_paid: 2000,
        payment: { type: 'payment_intent', payment_intent: 'pi_1' },
      },
    ],
  },
  lines: {
    object: 'list',
    has_more: false,
    data: [
      {
        id: 'il_1',
        amount: 2000,
        quantity: 3,
        period,
        pricing: { price_details: { price: 'price_pro', product: 'prod_pro' } },
        parent: {
          type: 'subscription_item_details',
          subscription_item_details: {
            subscription: 'sub_1',
            subscription_item: 'si_1',
            invoice_item: null,
            proration: false,
          },
        },
      },
      {
        id: 'il_2',
        amount: -500,
        quantity: 3,
        period,
        pricing: { price_details: { price: { id: 'price_pro' }, product: 'prod_pro' } },
        parent: {
          type: 'subscription_item_details',
          subscription_item_details: {
            subscription: 'sub_1',
            subscription_item: 'si_1',
            invoice_item: 'ii_1',
            proration: true,
          },
        },
      },
    ],
  },
}

describe('invoice', () => {
  test('reads the same state from the shapes before and after basil', () => {
    expect(reducedState('invoice', endive)).toEqual(reducedState('invoice', acacia))
    expect(reducedState('invoice', endive)).toMatchObject({
      subscription: 'sub_1',
      subscriptionMetadata: { customer_id: 'ada' },
      paymentIntents: ['pi_1'],
      finalizedAt: START + 3600,
      lines: [
        {
          price: 'price_pro',
          product: 'prod_pro',
          subscriptionItem: 'si_1',
          isSubscriptionLine: true,
          isProration: false,
          periodEnd: END,
        },
        { isSubscriptionLine: false, isProration: true, amount: -500 },
      ],
    })
  })

  test('reads a 2014 invoice, whose line is named by its subscription', () => {
    const state = reducedState('invoice', {
      id: 'in_1',
      object: 'invoice',
      customer: 'cus_1',
      date: START,
      paid: true,
      closed: true,
      forgiven: false,
      attempted: true,
      attempt_count: 1,
      amount_due: 2000,
      total: 2000,
      charge: 'ch_1',
      lines: {
        data: [
          {
            id: 'sub_1',
            object: 'line_item',
            type: 'subscription',
            amount: 2000,
            proration: false,
            quantity: 1,
            plan: { id: 'gold', object: 'plan' },
            period,
            metadata: { customer_id: 'ada' },
          },
        ],
      },
    })

    expect(state).toMatchObject({
      status: 'paid',
      created: START,
      amountPaid: 2000,
      subscription: 'sub_1',
      subscriptionMetadata: { customer_id: 'ada' },
      charges: ['ch_1'],
      lines: [
        { price: 'gold', subscription: 'sub_1', subscriptionItem: null, isSubscriptionLine: true },
      ],
    })
  })

  test.each([
    [{ paid: true, closed: true, attempted: true }, 'paid'],
    [{ paid: false, closed: true, forgiven: true, attempted: true }, 'uncollectible'],
    [{ paid: false, closed: true, attempted: false }, 'open'],
    [{ paid: false, closed: false, attempted: true }, 'open'],
    [{ paid: false, closed: false, attempted: false, billing: 'send_invoice' }, 'open'],
    [{ paid: false, closed: false, attempted: false }, 'draft'],
  ])('derives from %o that an invoice of before 2018-11 is %s', (booleans, status) => {
    expect(reducedState('invoice', { id: 'in_1', object: 'invoice', ...booleans }).status).toBe(
      status,
    )
  })

  test('names no subscription where its lines belong to several', () => {
    const lines = ['sub_1', 'sub_2'].map((subscription, index) => ({
      id: `il_${index}`,
      amount: 1,
      parent: {
        type: 'subscription_item_details',
        subscription_item_details: { subscription, subscription_item: `si_${index}` },
      },
    }))

    const state = reducedState('invoice', { ...common, lines: { data: lines } })

    expect(state.subscription).toBeNull()
    expect(state.lines.map((line) => line.subscription)).toEqual(['sub_1', 'sub_2'])
  })

  test('tells why an invoice was given up, and that it could not be finalised', () => {
    const state = reducedState('invoice', {
      ...endive,
      status: 'uncollectible',
      status_details: { uncollectible: { reason: 'subscription_paused' } },
      last_finalization_error: { code: 'customer_tax_location_invalid' },
    })

    expect(state).toMatchObject({
      uncollectibleReason: 'subscription_paused',
      hasFinalizationError: true,
    })
  })

  test('knows when the payload shows only some of the lines', () => {
    const lines = { ...endive.lines, has_more: true }

    expect(reducedState('invoice', { ...endive, lines }).hasMoreLines).toBe(true)
  })
})
