import { expect } from 'vitest'
import { resolveDispute } from '../../../src/sandbox/resources/disputes/resolve-dispute.ts'
import type { CatalogDefinition } from '../../../src/core/catalog.ts'
import type { Scenario } from '../../sandbox/scenarios/scenario.ts'
import type { Stage } from '../../sandbox/scenarios/stage.ts'
import { appCustomer, buyOnce, catalogOf, onSale, onSaleOnce, subscribeTo } from './shop.ts'

function licences(stage: Stage): CatalogDefinition {
  return catalogOf(stage, {
    features: { app: { type: 'flag' }, seats: { type: 'quantity' } },
    products: {
      licence: { grants: { app: true, seats: 1 } },
      pro: { grants: { app: true, seats: 5 } },
    },
  })
}

/** Buys the licence by a test card that is disputed a second later. */
async function bought(stage: Stage, paymentMethod: string) {
  const price = await onSaleOnce(stage, 'licence')
  const customer = await appCustomer(stage, 'ada')
  return buyOnce(stage, 'licence', price, { customer, paymentMethod })
}

function disputeOf(stage: Stage): string {
  return String(stage.last('charge.dispute.created').object['id'])
}

function answer(stage: Stage, text: string) {
  return stage.api.disputes.update(disputeOf(stage), { evidence: { uncategorized_text: text } })
}

const REFUND_THEN_DISPUTE: Scenario = {
  rows: [75, 78],
  title: 'Part of a purchase is refunded, and the rest is charged back and lost',
  catalog: licences,
  async play(stage) {
    const { charge } = await bought(stage, 'pm_card_createDispute')
    await stage.api.refunds.create({ charge, amount: 1_000 })
    await stage.advance({ hours: 1 })
    expect(stage.only('charge.dispute.created').object).toMatchObject({
      amount: 3_900,
      status: 'needs_response',
    })
    await stage.advance({ days: 10 })
    expect(stage.only('charge.dispute.closed').object).toMatchObject({ status: 'lost' })
  },
}

const FULL_REFUND_THEN_INQUIRY: Scenario = {
  rows: [74, 79],
  title:
    'An inquiry into a purchase is answered by refunding all of it: closed, and the licence is gone',
  catalog: licences,
  async play(stage) {
    const { charge } = await bought(stage, 'pm_card_createDisputeInquiry')
    await stage.advance({ days: 1 })
    expect(stage.only('charge.dispute.created').object['status']).toBe('warning_needs_response')
    await stage.advance({ days: 2 })
    await stage.api.refunds.create({ charge })
    expect(stage.only('charge.refunded').object).toMatchObject({ refunded: true })
    await stage.advance({ days: 8 })
    expect(stage.only('charge.dispute.closed').object['status']).toBe('warning_closed')
  },
}

const DISPUTE_THEN_REFUND: Scenario = {
  rows: [78, 74],
  title:
    'A chargeback is won, the licence is back, and then the seller refunds it of his own accord',
  catalog: licences,
  async play(stage) {
    const { charge } = await bought(stage, 'pm_card_createDispute')
    await stage.advance({ days: 1 })
    await answer(stage, 'winning_evidence')
    await stage.advance({ days: 9 })
    expect(stage.only('charge.dispute.closed').object['status']).toBe('won')
    await stage.advance({ days: 3 })
    stage.mark()
    await stage.api.refunds.create({ charge })
    expect(stage.only('charge.refunded').object).toMatchObject({ amount_refunded: 4_900 })
    await stage.advance({ days: 1 })
  },
}

const WON_LATE: Scenario = {
  rows: [78, 81],
  title: 'A chargeback of a licence is lost, and won after all weeks later: the licence comes back',
  catalog: licences,
  async play(stage) {
    await bought(stage, 'pm_card_createDispute')
    await stage.advance({ days: 12 })
    const dispute = disputeOf(stage)
    expect(stage.only('charge.dispute.closed').object['status']).toBe('lost')
    await stage.advance({ days: 30 })
    stage.mark()
    resolveDispute(stage.sandbox.world, dispute, 'won')
    expect(stage.only('charge.dispute.updated').object['status']).toBe('won')
    await stage.advance({ days: 1 })
  },
}

const NEXT_PERIOD_PAID: Scenario = {
  rows: [78, 40],
  title: 'The first month is charged back and lost, the second is paid by another card and stands',
  catalog: licences,
  async play(stage) {
    const price = await onSale(stage, 'pro')
    const customer = await appCustomer(stage, 'ada', 'pm_card_createDispute')
    const sub = await subscribeTo(stage, customer, price)
    await stage.advance({ days: 5 })
    await stage.changeCard(customer, 'pm_card_visa')
    await stage.advance({ days: 10 })
    expect(stage.only('charge.dispute.closed').object['status']).toBe('lost')
    await stage.advance({ days: 20 })
    expect(stage.last('invoice.paid').object).toMatchObject({
      billing_reason: 'subscription_cycle',
      amount_paid: 2_900,
    })
    expect((await stage.api.subscriptions.retrieve(sub.id)).status).toBe('active')
  },
}

const REFUND_FAILED: Scenario = {
  rows: [76],
  title:
    'A licence is refunded to a card that is closed: the refund fails a day later and the licence is back',
  settings: { refundSeconds: 86_400 },
  catalog: licences,
  async play(stage) {
    const { charge } = await bought(stage, 'pm_card_refundFail')
    await stage.advance({ days: 4 })
    await stage.api.refunds.create({ charge })
    await stage.advance({ hours: 12 })
    expect(stage.only('refund.created').object['status']).toBe('succeeded')
    await stage.advance({ days: 2 })
    expect(stage.only('refund.failed').object).toMatchObject({ status: 'failed', amount: 4_900 })
  },
}

export const TAKEN_BACK: readonly Scenario[] = [
  REFUND_THEN_DISPUTE,
  FULL_REFUND_THEN_INQUIRY,
  DISPUTE_THEN_REFUND,
  WON_LATE,
  NEXT_PERIOD_PAID,
  REFUND_FAILED,
]
