import { expect } from 'vitest'
import { expectUntouched, paidSubscription } from './paid-subscription.ts'
import type { Scenario } from './scenario.ts'

const FULL: Scenario = {
  rows: [74],
  title:
    'A full refund leaves the invoice paid and the subscription active; the charge leads to both by the invoice payment',
  async play(stage) {
    const { api } = stage
    const { sub, invoice, charge } = await paidSubscription(stage)
    stage.mark()
    await api.refunds.create({ charge })
    expect(stage.types()).toEqual(['refund.created', 'charge.refunded'])
    expect(stage.only('refund.created').object).toMatchObject({
      charge,
      amount: 2_900,
      status: 'succeeded',
    })
    const refunded = stage.only('charge.refunded').object
    expect(refunded).toMatchObject({
      id: charge,
      amount: 2_900,
      amount_refunded: 2_900,
      refunded: true,
      status: 'succeeded',
    })
    // The way back since basil: charge → payment intent → invoice payment → invoice → subscription.
    expect(refunded).not.toHaveProperty('invoice')
    const { data: payments } = await api.invoicePayments.list({
      payment: {
        type: 'payment_intent',
        payment_intent: refunded['payment_intent'] as string,
      },
    })
    expect(payments.map((payment) => [payment.invoice, payment.status])).toEqual([
      [invoice, 'paid'],
    ])
    const found = await api.invoices.retrieve(invoice)
    expect(found.parent?.subscription_details?.subscription).toBe(sub.id)
    await stage.advance({ hours: 1 })
    await expectUntouched(stage, invoice, sub.id)
  },
}

const IN_PARTS: Scenario = {
  rows: [75],
  title: 'Partial refunds add up, and only the last makes the charge refunded',
  async play(stage) {
    const { api } = stage
    const { sub, invoice, charge } = await paidSubscription(stage)
    stage.mark()
    await api.refunds.create({ charge, amount: 500 })
    await api.refunds.create({ charge, amount: 1_000 })
    await api.refunds.create({ charge, amount: 1_400 })
    expect(stage.types()).toEqual([
      'refund.created',
      'charge.refunded',
      'refund.created',
      'charge.refunded',
      'refund.created',
      'charge.refunded',
    ])
    const told = stage
      .since('charge.refunded')
      .map(({ object }) => [object['amount_refunded'], object['refunded']])
    expect(told).toEqual([
      [500, false],
      [1_500, false],
      [2_900, true],
    ])
    await expect(api.refunds.create({ charge, amount: 1 })).rejects.toMatchObject({
      code: 'charge_already_refunded',
    })
    await expectUntouched(stage, invoice, sub.id)
  },
}

const PENDING: Scenario = {
  rows: [76],
  title: 'A refund that starts as pending is told again when it succeeds',
  async play(stage) {
    const { api } = stage
    const { charge } = await paidSubscription(stage, 'pm_card_pendingRefund')
    stage.mark()
    const { id } = await api.refunds.create({ charge })
    expect(stage.only('refund.created').object).toMatchObject({ id, status: 'pending' })
    expect(stage.only('charge.refunded').object).toMatchObject({ amount_refunded: 2_900 })
    stage.mark()
    await stage.advance({ seconds: 1 })
    expect(stage.only('refund.updated')).toMatchObject({
      object: { id, status: 'succeeded' },
      previous: { status: 'pending' },
    })
    stage.none('refund.failed', 'charge.refunded')
  },
}

const FAILED: Scenario = {
  rows: [76],
  title: 'A refund that fails later returns the money and lowers what the charge has refunded',
  async play(stage) {
    const { api } = stage
    const { sub, invoice, charge } = await paidSubscription(stage, 'pm_card_refundFail')
    const { id } = await api.refunds.create({ charge, amount: 900 })
    expect(stage.last('refund.created').object).toMatchObject({ id, status: 'succeeded' })
    stage.mark()
    await stage.advance({ seconds: 1 })
    const failed = stage.only('refund.failed').object
    expect(failed).toMatchObject({
      id,
      status: 'failed',
      failure_reason: 'expired_or_canceled_card',
      amount: 900,
    })
    expect(stage.only('refund.updated')).toMatchObject({
      object: failed,
      previous: { status: 'succeeded', failure_reason: null },
    })
    expect(await api.charges.retrieve(charge)).toMatchObject({
      amount_refunded: 0,
      refunded: false,
    })
    const back = await api.balanceTransactions.retrieve(
      failed['failure_balance_transaction'] as string,
    )
    expect(back).toMatchObject({ amount: 900, type: 'refund_failure' })
    await expectUntouched(stage, invoice, sub.id)
  },
}

const DISPUTED_MEANWHILE: Scenario = {
  rows: [76],
  title: 'A refund still pending fails where the bank takes all the money back first',
  async play(stage) {
    const { api } = stage
    const { charge } = await paidSubscription(stage, 'pm_card_createDisputeInquiry')
    const dispute = stage.last('charge.dispute.created').object['id'] as string
    const { id } = await api.refunds.create({ charge, amount: 900 })
    // No published test value makes both an inquiry and a refund that takes its time.
    stage.sandbox.world.patch('refund', id, { status: 'pending' })
    await api.disputes.update(dispute, {
      evidence: { uncategorized_text: 'escalate_inquiry_evidence' },
    })
    stage.mark()
    await stage.advance({ seconds: 1 })
    expect(stage.only('refund.failed').object).toMatchObject({
      id,
      status: 'failed',
      failure_reason: 'charge_for_pending_refund_disputed',
    })
    expect((await api.charges.retrieve(charge)).amount_refunded).toBe(0)
  },
}

const CREDIT_NOTE: Scenario = {
  rows: [77],
  title: 'A credit note on a paid invoice is counted after the payment, and refunds what it says',
  async play(stage) {
    const { api } = stage
    const { sub, invoice, charge } = await paidSubscription(stage)
    stage.mark()
    const note = await api.creditNotes.create({
      invoice,
      amount: 1_500,
      refund_amount: 1_000,
      credit_amount: 500,
      reason: 'order_change',
    })
    expect(stage.only('credit_note.created').object).toMatchObject({
      id: note.id,
      invoice,
      amount: 1_500,
      type: 'post_payment',
      status: 'issued',
      post_payment_amount: 1_500,
      pre_payment_amount: 0,
    })
    expect(stage.only('refund.created').object).toMatchObject({ charge, amount: 1_000 })
    expect(stage.only('charge.refunded').object).toMatchObject({
      amount_refunded: 1_000,
      refunded: false,
    })
    expect(stage.only('invoice.updated')).toMatchObject({
      object: { status: 'paid', post_payment_credit_notes_amount: 1_500 },
      previous: { post_payment_credit_notes_amount: 0 },
    })
    expect(await api.customers.retrieve(sub.customer as string)).toMatchObject({ balance: -500 })
    await expectUntouched(stage, invoice, sub.id)
  },
}

export const REFUNDS: readonly Scenario[] = [
  FULL,
  IN_PARTS,
  PENDING,
  FAILED,
  DISPUTED_MEANWHILE,
  CREDIT_NOTE,
]
