import { expect } from 'vitest'
import { expectUntouched, paidSubscription } from './paid-subscription.ts'
import type { Scenario } from './scenario.ts'
import type { Stage } from './stage.ts'

const DAY = 86_400

/** A subscription paid by a card that is disputed at once. */
export async function disputed(stage: Stage, card: string) {
  const paid = await paidSubscription(stage, card)
  const dispute = stage.last('charge.dispute.created').object
  return { ...paid, dispute: dispute['id'] as string }
}

const LOST: Scenario = {
  rows: [78],
  title:
    'A chargeback takes the money at once and is lost unanswered, and invoice and subscription stay as they are',
  async play(stage) {
    const { api } = stage
    const { sub, invoice, charge, dispute } = await disputed(stage, 'pm_card_createDispute')
    const types = stage.types()
    expect(types.indexOf('charge.dispute.created')).toBeLessThan(
      types.indexOf('charge.dispute.funds_withdrawn'),
    )
    expect(stage.only('charge.dispute.created').object).toMatchObject({
      charge,
      amount: 2_900,
      status: 'needs_response',
      reason: 'fraudulent',
      is_charge_refundable: false,
      evidence_details: { due_by: stage.sandbox.now() + 9 * DAY, has_evidence: false },
    })
    expect(stage.only('charge.dispute.funds_withdrawn').object).toMatchObject({
      id: dispute,
      balance_transactions: [{ amount: -2_900 }],
    })
    expect(await api.charges.retrieve(charge)).toMatchObject({
      disputed: true,
      refunded: false,
      amount_refunded: 0,
    })
    stage.mark()
    await stage.advance({ days: 9 })
    expect(stage.only('charge.dispute.closed').object).toMatchObject({
      id: dispute,
      status: 'lost',
      evidence_details: { past_due: true },
    })
    stage.none('charge.dispute.funds_reinstated', 'charge.refunded')
    await expectUntouched(stage, invoice, sub.id)
  },
}

const WON: Scenario = {
  rows: [78],
  title: 'A chargeback answered well is under review, is won, and its money comes back',
  async play(stage) {
    const { api } = stage
    const { sub, invoice, charge, dispute } = await disputed(stage, 'pm_card_createDispute')
    stage.mark()
    await api.disputes.update(dispute, { evidence: { uncategorized_text: 'winning_evidence' } })
    expect(stage.only('charge.dispute.updated')).toMatchObject({
      object: { id: dispute, status: 'under_review', evidence_details: { submission_count: 1 } },
      previous: { status: 'needs_response' },
    })
    await stage.advance({ days: 10 })
    expect(stage.types()).toEqual([
      'charge.dispute.updated',
      'charge.dispute.closed',
      'charge.dispute.funds_reinstated',
    ])
    expect(stage.only('charge.dispute.closed').object).toMatchObject({ status: 'won' })
    expect(stage.only('charge.dispute.funds_reinstated').object).toMatchObject({
      status: 'won',
      balance_transactions: [{ amount: -2_900 }, { amount: 2_900 }],
    })
    // Disputed once, for ever.
    expect((await api.charges.retrieve(charge)).disputed).toBe(true)
    await expectUntouched(stage, invoice, sub.id)
  },
}

const CANCELS: Scenario = {
  rows: [78],
  title: 'Where the account says so, a dispute cancels the subscription it was paid for',
  settings: { cancelOnDispute: true },
  async play(stage) {
    const { sub, dispute } = await disputed(stage, 'pm_card_createDispute')
    await stage.advance({ seconds: 1 })
    expect(stage.only('customer.subscription.deleted').object).toMatchObject({
      id: sub.id,
      status: 'canceled',
      cancellation_details: { reason: 'payment_disputed' },
    })
    expect(stage.only('charge.dispute.created').object['id']).toBe(dispute)
  },
}

const INQUIRY: Scenario = {
  rows: [79],
  title: 'An inquiry moves no money, whether it is closed unanswered or answered and closed',
  async play(stage) {
    const { api } = stage
    const silent = await disputed(stage, 'pm_card_createDisputeInquiry')
    expect(stage.only('charge.dispute.created').object).toMatchObject({
      status: 'warning_needs_response',
      balance_transactions: [],
      is_charge_refundable: true,
      payment_method_details: { card: { case_type: 'inquiry' } },
    })
    const answered = await disputed(stage, 'pm_card_createDisputeInquiry')
    stage.mark()
    await api.disputes.update(answered.dispute, {
      evidence: { uncategorized_text: 'winning_evidence' },
    })
    expect(stage.only('charge.dispute.updated')).toMatchObject({
      object: { status: 'warning_under_review' },
      previous: { status: 'warning_needs_response' },
    })
    await stage.advance({ days: 9 })
    const closed = stage
      .since('charge.dispute.closed')
      .map(({ object }) => [object['id'], object['status']])
    expect(closed).toEqual([
      [answered.dispute, 'warning_closed'],
      [silent.dispute, 'warning_closed'],
    ])
    stage.none('charge.dispute.funds_withdrawn', 'charge.dispute.funds_reinstated')
    await expectUntouched(stage, silent.invoice, silent.sub.id)
  },
}

const ESCALATES: Scenario = {
  rows: [79],
  title: 'An inquiry may become a chargeback, and takes the money then',
  async play(stage) {
    const { api } = stage
    const { dispute, charge } = await disputed(stage, 'pm_card_createDisputeInquiry')
    stage.none('charge.dispute.funds_withdrawn')
    expect((await api.charges.retrieve(charge)).disputed).toBe(false)
    await api.disputes.update(dispute, {
      evidence: { uncategorized_text: 'escalate_inquiry_evidence' },
    })
    stage.mark()
    await stage.advance({ seconds: 1 })
    expect(stage.types()).toEqual(['charge.dispute.updated', 'charge.dispute.funds_withdrawn'])
    expect(stage.only('charge.dispute.updated')).toMatchObject({
      object: {
        id: dispute,
        status: 'needs_response',
        is_charge_refundable: false,
        balance_transactions: [{ amount: -2_900 }],
      },
      previous: { status: 'warning_under_review' },
    })
    expect((await api.charges.retrieve(charge)).disputed).toBe(true)
  },
}

export const DISPUTES: readonly Scenario[] = [LOST, WON, CANCELS, INQUIRY, ESCALATES]
