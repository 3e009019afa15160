import { expect } from 'vitest'
import type { Scenario } from '../../sandbox/scenarios/scenario.ts'
import type { Stage } from '../../sandbox/scenarios/stage.ts'
import { DAY } from '../../sandbox/scenarios/subscriber.ts'
import { under } from './policies.ts'
import { appCustomer, buyOnce, FIRST_CHARGE, onSale, onSaleOnce, subscribeTo } from './shop.ts'

async function licence(stage: Stage, paymentMethod = 'pm_card_visa') {
  const customer = await appCustomer(stage, 'ada')
  return buyOnce(stage, 'licence', await onSaleOnce(stage, 'licence'), { customer, paymentMethod })
}

const SUBSCRIPTION_REVOKES: Scenario = {
  rows: [74, 40],
  title: 'Where the refund of a month takes it, access is off until the next month is paid',
  catalog: under({ subscriptionRefund: 'revoke' }),
  async play(stage) {
    const customer = await appCustomer(stage, 'ada')
    await subscribeTo(stage, customer, await onSale(stage, 'pro'))
    const { id: charge } = stage.only('charge.succeeded').object
    await stage.advance({ days: 5 })
    await stage.api.refunds.create({ charge: String(charge) })
    stage.mark()
    await stage.advanceTo(FIRST_CHARGE + DAY)
    expect(stage.only('invoice.paid').object).toMatchObject({ amount_paid: 2_900 })
  },
}

const SUBSCRIPTION_STAYS_OFF: Scenario = {
  rows: [74],
  title:
    'Where the refund of a month takes it, a refund in full in the second month ends what it paid for',
  catalog: under({ subscriptionRefund: 'revoke' }),
  async play(stage) {
    const customer = await appCustomer(stage, 'ada')
    const sub = await subscribeTo(stage, customer, await onSale(stage, 'pro'))
    await stage.advanceTo(FIRST_CHARGE + 5 * DAY)
    const { id: charge } = stage.last('charge.succeeded').object
    await stage.api.refunds.create({ charge: String(charge) })
    expect(stage.only('charge.refunded').object).toMatchObject({ refunded: true })
    await stage.advance({ days: 8 })
    expect((await stage.api.subscriptions.retrieve(sub.id)).status).toBe('active')
  },
}

const PURCHASE_KEPT: Scenario = {
  rows: [74],
  title: 'Where the refund of a purchase is a courtesy, the licence stays',
  catalog: under({ oneTimeRefund: 'keep' }),
  async play(stage) {
    const { charge } = await licence(stage)
    await stage.advance({ days: 2 })
    await stage.api.refunds.create({ charge })
    expect(stage.only('charge.refunded').object).toMatchObject({ refunded: true })
    await stage.advance({ days: 1 })
  },
}

const PART_REVOKES: Scenario = {
  rows: [75, 76],
  title: 'Where any refund takes a purchase, a tenth given back takes it, until that refund fails',
  settings: { refundSeconds: 2 * DAY },
  catalog: under({ partialRefund: 'revoke' }),
  async play(stage) {
    const { charge } = await licence(stage, 'pm_card_refundFail')
    await stage.advance({ days: 2 })
    await stage.api.refunds.create({ charge, amount: 490 })
    expect(stage.only('charge.refunded').object).toMatchObject({ refunded: false })
    await stage.advance({ days: 3 })
    expect(stage.only('refund.failed').object).toMatchObject({ amount: 490 })
  },
}

const PART_TAKEN: Scenario = {
  rows: [75],
  title: 'Where any refund takes a purchase, one of two licences goes by a small refund',
  catalog: under({ partialRefund: 'revoke' }),
  async play(stage) {
    const first = await licence(stage)
    await stage.advance({ days: 1 })
    const second = await licence(stage)
    expect(second.charge).not.toBe(first.charge)
    await stage.advance({ days: 1 })
    await stage.api.refunds.create({ charge: first.charge, amount: 100 })
    expect(stage.only('charge.refunded').object).toMatchObject({ amount_refunded: 100 })
    await stage.advance({ days: 1 })
  },
}

const DISPUTE_KEPT: Scenario = {
  rows: [78],
  title: 'Where a chargeback takes nothing, the licence stays though it is lost',
  catalog: under({ dispute: 'keep' }),
  async play(stage) {
    await licence(stage, 'pm_card_createDispute')
    await stage.advance({ days: 12 })
    expect(stage.only('charge.dispute.closed').object['status']).toBe('lost')
  },
}

export const REFUND_POLICIES: readonly Scenario[] = [
  SUBSCRIPTION_REVOKES,
  SUBSCRIPTION_STAYS_OFF,
  PURCHASE_KEPT,
  PART_REVOKES,
  PART_TAKEN,
  DISPUTE_KEPT,
]
