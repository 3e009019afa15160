import { describe, expect, it } from 'vitest'
import { resolveDispute } from '../../../src/sandbox/resources/disputes/resolve-dispute.ts'
import { judged, NOW, type Judged } from './judged.ts'

async function pay(stripe: Judged, payment_method: string, amount = 2_000) {
  const intent = await stripe.post('/v1/payment_intents', {
    amount,
    currency: 'usd',
    payment_method,
    confirm: true,
  })
  return intent
}

describe('a refund', () => {
  it('in full gives all back and leaves nothing to refund (row 74)', async () => {
    const stripe = await judged()
    const intent = await pay(stripe, 'pm_card_visa')
    stripe.events()
    const refund = await stripe.post('/v1/refunds', { payment_intent: intent.id })
    expect(refund).toMatchObject({ amount: 2_000, status: 'succeeded' })
    expect(stripe.events()).toEqual(['refund.created', 'charge.refunded'])
    expect(await stripe.get(`/v1/charges/${intent.latest_charge}`)).toMatchObject({
      refunded: true,
      amount_refunded: 2_000,
    })
    expect(await stripe.refused('/v1/refunds', { charge: intent.latest_charge })).toMatchObject({
      code: 'charge_already_refunded',
      message: `Charge ${intent.latest_charge} has already been refunded.`,
    })
  })

  it('in parts adds up and never exceeds the charge (row 75)', async () => {
    const stripe = await judged()
    const intent = await pay(stripe, 'pm_card_visa')
    await stripe.post('/v1/refunds', { payment_intent: intent.id, amount: 500 })
    const charge = await stripe.get(`/v1/charges/${intent.latest_charge}`, { expand: ['refunds'] })
    expect(charge).toMatchObject({ refunded: false, amount_refunded: 500 })
    expect(charge.refunds.data).toHaveLength(1)
    const error = await stripe.refused('/v1/refunds', { payment_intent: intent.id, amount: 1_501 })
    expect(error).toMatchObject({
      param: 'amount',
      message: 'Refund amount ($15.01) is greater than unrefunded amount on charge ($15.00)',
    })
  })

  it('that starts as pending succeeds later (row 76)', async () => {
    const stripe = await judged()
    const intent = await pay(stripe, 'pm_card_pendingRefund')
    const refund = await stripe.post('/v1/refunds', { payment_intent: intent.id })
    expect(refund).toMatchObject({ status: 'pending', pending_reason: 'processing' })
    stripe.events()
    await stripe.advance(1)
    expect(stripe.events()).toContain('refund.updated')
    expect(stripe.event('refund.updated').data.previous_attributes).toEqual({
      status: 'pending',
      pending_reason: 'processing',
    })
    const settled = await stripe.get(`/v1/refunds/${refund.id}`)
    expect(settled.status).toBe('succeeded')
    expect(settled).not.toHaveProperty('pending_reason')
  })

  it('that fails later gives the money back to us and lowers amount_refunded (row 76)', async () => {
    const stripe = await judged()
    const intent = await pay(stripe, 'pm_card_refundFail')
    const refund = await stripe.post('/v1/refunds', { payment_intent: intent.id })
    expect(refund.status).toBe('succeeded')
    await stripe.advance(1)
    expect(stripe.events()).toEqual(
      expect.arrayContaining(['refund.updated', 'refund.failed', 'charge.refund.updated']),
    )
    expect(await stripe.get(`/v1/refunds/${refund.id}`)).toMatchObject({ status: 'failed' })
    expect(await stripe.get(`/v1/charges/${intent.latest_charge}`)).toMatchObject({
      refunded: false,
      amount_refunded: 0,
    })
  })

  it('that has succeeded cannot be canceled', async () => {
    const stripe = await judged()
    const intent = await pay(stripe, 'pm_card_visa')
    const refund = await stripe.post('/v1/refunds', { payment_intent: intent.id })
    expect((await stripe.refused(`/v1/refunds/${refund.id}/cancel`)).status).toBe(400)
  })

  it('of a charge that the bank took back is refused', async () => {
    const stripe = await judged()
    const intent = await pay(stripe, 'pm_card_createDispute')
    expect(await stripe.refused('/v1/refunds', { payment_intent: intent.id })).toMatchObject({
      code: 'charge_disputed',
    })
  })
})

describe('a dispute', () => {
  it('takes the money and a fee, and gives both back where it is won (row 78)', async () => {
    const stripe = await judged()
    const intent = await pay(stripe, 'pm_card_createDispute')
    expect(stripe.events()).toEqual([
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.succeeded',
      'charge.dispute.created',
      'charge.dispute.funds_withdrawn',
    ])
    const { data } = await stripe.get('/v1/disputes', { payment_intent: intent.id })
    const [dispute] = data
    expect(dispute).toMatchObject({
      status: 'needs_response',
      reason: 'fraudulent',
      is_charge_refundable: false,
      evidence_details: { due_by: NOW + 9 * 86_400 },
    })
    expect(dispute.balance_transactions[0]).toMatchObject({
      amount: -2_000,
      fee: 1_500,
      net: -3_500,
    })

    const answered = await stripe.post(`/v1/disputes/${dispute.id}`, {
      evidence: { uncategorized_text: 'winning_evidence' },
    })
    expect(answered.status).toBe('under_review')
    await stripe.advance(1)
    expect(stripe.events().filter((type) => type.includes('dispute'))).toEqual([
      'charge.dispute.updated',
      'charge.dispute.closed',
      'charge.dispute.funds_reinstated',
    ])
    const won = await stripe.get(`/v1/disputes/${dispute.id}`)
    expect(won.status).toBe('won')
    expect(won.balance_transactions.at(-1)).toMatchObject({ amount: 2_000, net: 3_500 })
  })

  it('that nobody answers is lost when its time is up', async () => {
    const stripe = await judged()
    await pay(stripe, 'pm_card_createDisputeProductNotReceived')
    await stripe.advance(9 * 86_400)
    expect(stripe.event('charge.dispute.closed').data.object).toMatchObject({
      status: 'lost',
      reason: 'product_not_received',
      evidence_details: { past_due: true },
    })
  })

  it('that is only an inquiry moves no money and closes as such (row 79)', async () => {
    const stripe = await judged()
    const intent = await pay(stripe, 'pm_card_createDisputeInquiry')
    const { data } = await stripe.get('/v1/disputes', { charge: intent.latest_charge })
    expect(data[0]).toMatchObject({
      status: 'warning_needs_response',
      balance_transactions: [],
      is_charge_refundable: true,
    })
    stripe.events()
    const closed = await stripe.post(`/v1/disputes/${data[0].id}/close`)
    expect(closed.status).toBe('warning_closed')
    expect(stripe.events()).toEqual(['charge.dispute.closed'])
  })

  it('begun as an inquiry escalates by the evidence that says so', async () => {
    const stripe = await judged()
    const intent = await pay(stripe, 'pm_card_createDisputeInquiry')
    const { data } = await stripe.get('/v1/disputes', { charge: intent.latest_charge })
    await stripe.post(`/v1/disputes/${data[0].id}`, {
      evidence: { uncategorized_text: 'escalate_inquiry_evidence' },
    })
    await stripe.advance(1)
    expect(await stripe.get(`/v1/disputes/${data[0].id}`)).toMatchObject({
      status: 'needs_response',
      payment_method_details: { card: { case_type: 'chargeback' } },
    })
    expect(stripe.event('charge.dispute.funds_withdrawn')).toBeDefined()
  })

  it('that escalates fails the refund still on its way (row 76)', async () => {
    const stripe = await judged()
    const intent = await pay(stripe, 'pm_card_createDisputeInquiry')
    const { data } = await stripe.get('/v1/disputes', { charge: intent.latest_charge })
    const refund = await stripe.post('/v1/refunds', { payment_intent: intent.id, amount: 500 })
    stripe.sandbox.world.patch('refund', refund.id, { status: 'pending' })
    await stripe.post(`/v1/disputes/${data[0].id}`, {
      evidence: { uncategorized_text: 'escalate_inquiry_evidence' },
    })
    await stripe.advance(1)
    expect(await stripe.get(`/v1/refunds/${refund.id}`)).toMatchObject({
      status: 'failed',
      failure_reason: 'charge_for_pending_refund_disputed',
    })
  })

  it('that was lost can still be won, late (row 81)', async () => {
    const stripe = await judged()
    const intent = await pay(stripe, 'pm_card_createDispute')
    const { data } = await stripe.get('/v1/disputes', { charge: intent.latest_charge })
    await stripe.post(`/v1/disputes/${data[0].id}/close`)
    stripe.events()
    resolveDispute(stripe.sandbox.world, data[0].id, 'won')
    expect(await stripe.get(`/v1/disputes/${data[0].id}`)).toMatchObject({ status: 'won' })
    expect(stripe.events()).toEqual(['charge.dispute.updated', 'charge.dispute.funds_reinstated'])
  })

  it('comes twice with the card for it, and as a mere warning with the one for that', async () => {
    const stripe = await judged()
    const intent = await pay(stripe, 'pm_card_createMultipleDisputes')
    const { data } = await stripe.get('/v1/disputes', { charge: intent.latest_charge })
    expect(data).toHaveLength(2)
    await pay(stripe, 'pm_card_createIssuerFraudRecord')
    expect(stripe.event('radar.early_fraud_warning.created')).toBeDefined()
  })

  it('of a payment held for later comes only with the capture', async () => {
    const stripe = await judged()
    const held = await stripe.post('/v1/payment_intents', {
      amount: 2_000,
      currency: 'usd',
      payment_method: 'pm_card_createDispute',
      confirm: true,
      capture_method: 'manual',
    })
    expect((await stripe.get('/v1/disputes')).data).toEqual([])
    await stripe.post(`/v1/payment_intents/${held.id}/capture`)
    expect((await stripe.get('/v1/disputes')).data).toHaveLength(1)
  })
})
