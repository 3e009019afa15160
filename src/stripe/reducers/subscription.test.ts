import { describe, expect, test } from 'vitest'
import { reducedState } from '../../../test/support/reduced.ts'

const START = 1_758_000_000
const END = 1_760_592_000

const common = {
  id: 'sub_1',
  object: 'subscription',
  customer: 'cus_1',
  created: START,
  status: 'active',
  metadata: { plan: 'team', customer_id: 'ada' },
  latest_invoice: 'in_1',
  cancel_at_period_end: false,
}

const monthly = {
  id: 'price_pro',
  object: 'price',
  product: 'prod_pro',
  lookup_key: 'pro_monthly',
  unit_amount: 2000,
  recurring: { interval: 'month', interval_count: 1, usage_type: 'licensed' },
}

const basil = {
  ...common,
  start_date: START,
  billing_mode: { type: 'flexible' },
  items: {
    object: 'list',
    has_more: false,
    data: [
      {
        id: 'si_1',
        object: 'subscription_item',
        created: START,
        quantity: 3,
        price: monthly,
        current_period_start: START,
        current_period_end: END,
      },
    ],
  },
}

describe('subscription', () => {
  test('reads the same state from the item periods of basil and the subscription period before it', () => {
    const { current_period_start, current_period_end, ...item } = basil.items.data[0]!
    const acacia = {
      ...basil,
      current_period_start,
      current_period_end,
      items: { ...basil.items, data: [item] },
    }

    expect(reducedState('subscription', acacia)).toEqual(reducedState('subscription', basil))
    expect(reducedState('subscription', basil).items).toEqual([
      {
        id: 'si_1',
        price: 'price_pro',
        product: 'prod_pro',
        lookupKey: 'pro_monthly',
        quantity: 3,
        unitAmount: 2000,
        isMetered: false,
        interval: 'month',
        intervalCount: 1,
        created: START,
        periodStart: START,
        periodEnd: END,
      },
    ])
  })

  test('makes the one plan of a subscription without items its first item', () => {
    const old = {
      ...common,
      start: START,
      plan: { id: 'gold', object: 'plan', amount: 2000, interval: 'year', interval_count: 1 },
      quantity: 2,
      current_period_start: START,
      current_period_end: END,
    }

    const state = reducedState('subscription', old)

    expect(state.startDate).toBe(START)
    expect(state.items).toEqual([
      expect.objectContaining({
        id: 'sub_1#0',
        price: 'gold',
        product: null,
        quantity: 2,
        unitAmount: 2000,
        interval: 'year',
        periodEnd: END,
      }),
    ])
  })

  test('takes every expandable field as an id or as an object', () => {
    const expanded = {
      ...basil,
      customer: { id: 'cus_1', object: 'customer' },
      latest_invoice: { id: 'in_1', object: 'invoice' },
      items: {
        ...basil.items,
        data: [
          {
            ...basil.items.data[0],
            price: { ...monthly, product: { id: 'prod_pro', object: 'product', deleted: true } },
          },
        ],
      },
    }

    expect(reducedState('subscription', expanded)).toEqual(reducedState('subscription', basil))
  })

  test('reads a metered plan and a metered price alike', () => {
    const item = { id: 'si_2', quantity: undefined }
    const plan = { id: 'api', product: 'prod_api', usage_type: 'metered', interval: 'month' }
    const price = {
      id: 'api',
      product: 'prod_api',
      recurring: { usage_type: 'metered', interval: 'month' },
    }

    const [byPlan, byPrice] = [{ plan }, { price }].map((bought) =>
      reducedState('subscription', { ...basil, items: { data: [{ ...item, ...bought }] } }),
    )

    expect(byPlan).toEqual(byPrice)
    expect(byPlan?.items[0]).toMatchObject({ isMetered: true, quantity: 1, unitAmount: null })
  })

  test('keeps two forms of a scheduled cancellation and of a pause apart', () => {
    const state = reducedState('subscription', {
      ...basil,
      cancel_at: END,
      pause_collection: { behavior: 'void', resumes_at: null },
      pending_update: { expires_at: END },
      status_details: { paused: { subscription: { type: 'pause_requested' } } },
    })

    expect(state).toMatchObject({
      cancelAt: END,
      cancelAtPeriodEnd: false,
      pauseCollection: { behavior: 'void', resumesAt: null },
      hasPendingUpdate: true,
    })
  })

  test('lets a status pass that we have never heard of', () => {
    expect(reducedState('subscription', { ...basil, status: 'hibernating' }).status).toBe(
      'hibernating',
    )
  })

  test('takes the account where the customer is an Accounts v2 one', () => {
    const state = reducedState('subscription', {
      ...basil,
      customer: null,
      customer_account: 'acct_1',
    })

    expect(state.customer).toBe('acct_1')
  })

  test('names the owner of a subscription so old that it has no id', () => {
    const anonymous = { ...common, id: undefined, plan: { id: 'gold' }, quantity: 1 }

    expect(reducedState('subscription', anonymous).items[0]?.id).toBe('cus_1#subscription#0')
  })
})
