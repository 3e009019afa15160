import { expect } from 'vitest'
import { expectUntouched, paidSubscription } from './paid-subscription.ts'
import type { Scenario } from './scenario.ts'

const WARNING: Scenario = {
  rows: [82],
  title: 'An early fraud warning names a charge and takes nothing; refunding the charge answers it',
  async play(stage) {
    const { api } = stage
    const { sub, invoice, charge } = await paidSubscription(
      stage,
      'pm_card_createIssuerFraudRecord',
    )
    const { id, payment_intent: intent } = await api.charges.retrieve(charge)
    const warning = stage.only('radar.early_fraud_warning.created').object
    expect(warning).toMatchObject({
      charge: id,
      payment_intent: intent,
      actionable: true,
      fraud_type: 'made_with_stolen_card',
    })
    stage.none('charge.dispute.created', 'charge.refunded')
    await expectUntouched(stage, invoice, sub.id)
    stage.mark()
    await api.refunds.create({ charge, reason: 'fraudulent' })
    expect(stage.types()).toEqual([
      'refund.created',
      'charge.refunded',
      'radar.early_fraud_warning.updated',
    ])
    expect(stage.only('radar.early_fraud_warning.updated')).toMatchObject({
      object: { id: warning['id'], actionable: false },
      previous: { actionable: true },
    })
    const { data } = await api.radar.earlyFraudWarnings.list({ charge })
    expect(data.map(({ actionable }) => actionable)).toEqual([false])
  },
}

const REVIEWS: Scenario = {
  rows: [82],
  title:
    'A risky payment is reviewed while it counts as paid, and the review closes by approval or by refund',
  settings: { reviewElevatedRisk: true },
  async play(stage) {
    const { api } = stage
    const approved = await paidSubscription(stage, 'pm_card_riskLevelElevated')
    const opened = stage.only('review.opened').object
    const { payment_intent: intent } = await api.charges.retrieve(approved.charge)
    expect(opened).toMatchObject({
      charge: approved.charge,
      payment_intent: intent,
      open: true,
      opened_reason: 'rule',
      reason: 'rule',
      closed_reason: null,
    })
    expect((await api.charges.retrieve(approved.charge)).review).toBe(opened['id'])
    await expectUntouched(stage, approved.invoice, approved.sub.id)
    stage.mark()
    await api.reviews.approve(opened['id'] as string)
    expect(stage.types()).toEqual(['review.closed'])
    expect(stage.only('review.closed').object).toMatchObject({
      id: opened['id'],
      open: false,
      reason: 'approved',
      closed_reason: 'approved',
    })

    stage.mark()
    const refunded = await paidSubscription(stage, 'pm_card_riskLevelElevated')
    expect((await api.reviews.list()).data.map(({ charge }) => charge)).toEqual([refunded.charge])
    await api.refunds.create({ charge: refunded.charge, reason: 'fraudulent' })
    expect(stage.only('review.closed').object).toMatchObject({
      charge: refunded.charge,
      closed_reason: 'refunded_as_fraud',
    })
    await expectUntouched(stage, refunded.invoice, refunded.sub.id)
    // Ordinary payments are not reviewed.
    stage.mark()
    await paidSubscription(stage)
    stage.none('review.opened')
  },
}

export const FRAUD: readonly Scenario[] = [WARNING, REVIEWS]
