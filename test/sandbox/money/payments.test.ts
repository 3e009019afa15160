import { describe, expect, it } from 'vitest'
import { judged } from './judged.ts'

const card = (payment_method: string, more = {}) => ({
  amount: 2_000,
  currency: 'usd',
  payment_method,
  confirm: true,
  return_url: 'https://example.com/back',
  ...more,
})

describe('a card payment', () => {
  it('succeeds at once, and its money is booked a second later', async () => {
    const stripe = await judged()
    const intent = await stripe.post('/v1/payment_intents', card('pm_card_visa'))
    expect(intent).toMatchObject({ status: 'succeeded', amount_received: 2_000 })
    expect(stripe.events()).toEqual([
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.succeeded',
    ])
    const before = await stripe.get(`/v1/charges/${intent.latest_charge}`)
    expect(before).toMatchObject({ paid: true, captured: true, balance_transaction: null })

    await stripe.advance(1)

    expect(stripe.events()).toEqual(['charge.updated'])
    const after = await stripe.get(`/v1/charges/${intent.latest_charge}`, {
      expand: ['balance_transaction'],
    })
    expect(after.balance_transaction).toMatchObject({ amount: 2_000, fee: 88, net: 1_912 })
  })

  it('is refused with 402 and the decline code, and the intent waits for another card', async () => {
    const stripe = await judged()
    const error = await stripe.refused(
      '/v1/payment_intents',
      card('pm_card_visa_chargeDeclinedInsufficientFunds'),
    )
    expect(error).toMatchObject({
      status: 402,
      type: 'card_error',
      code: 'card_declined',
      decline_code: 'insufficient_funds',
    })
    expect(error.payment_intent).toMatchObject({
      status: 'requires_payment_method',
      payment_method: null,
    })
    expect(stripe.events()).toEqual([
      'payment_intent.created',
      'charge.failed',
      'payment_intent.payment_failed',
    ])

    const paid = await stripe.post(`/v1/payment_intents/${error.payment_intent.id}/confirm`, {
      payment_method: 'pm_card_visa',
    })
    expect(paid).toMatchObject({ status: 'succeeded', last_payment_error: null })
  })

  it('that needs the customer waits with a page to go to, and goes through when they pass', async () => {
    const stripe = await judged()
    const intent = await stripe.post('/v1/payment_intents', card('pm_card_threeDSecure2Required'))
    expect(intent.status).toBe('requires_action')
    expect(intent.next_action).toEqual({
      type: 'redirect_to_url',
      redirect_to_url: {
        return_url: 'https://example.com/back',
        url: `http://sandbox.invalid/_sandbox/authenticate/${intent.id}?return_url=https%3A%2F%2Fexample.com%2Fback`,
      },
    })
    expect(stripe.events()).toEqual(['payment_intent.created', 'payment_intent.requires_action'])
  })

  it('made off session with a card that wants authentication is declined for that', async () => {
    const stripe = await judged()
    const error = await stripe.refused(
      '/v1/payment_intents',
      card('pm_card_authenticationRequired', { off_session: true }),
    )
    expect(error).toMatchObject({ code: 'authentication_required', status: 402 })
  })

  it('held for later is captured in part, and cannot be captured twice', async () => {
    const stripe = await judged()
    const held = await stripe.post(
      '/v1/payment_intents',
      card('pm_card_visa', { capture_method: 'manual' }),
    )
    expect(held).toMatchObject({ status: 'requires_capture', amount_capturable: 2_000 })
    expect(stripe.events()).toEqual([
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.amount_capturable_updated',
    ])
    const taken = await stripe.post(`/v1/payment_intents/${held.id}/capture`, {
      amount_to_capture: 1_500,
    })
    expect(taken).toMatchObject({ status: 'succeeded', amount_received: 1_500 })
    expect(stripe.events()).toEqual(['charge.captured', 'payment_intent.succeeded'])
    expect(await stripe.refused(`/v1/payment_intents/${held.id}/capture`)).toMatchObject({
      code: 'payment_intent_unexpected_state',
    })
    expect(await stripe.refused(`/v1/charges/${held.latest_charge}/capture`)).toMatchObject({
      code: 'charge_already_captured',
    })
  })

  it('held and never captured expires after seven days', async () => {
    const stripe = await judged()
    const held = await stripe.post(
      '/v1/payment_intents',
      card('pm_card_visa', { capture_method: 'manual' }),
    )
    stripe.events()
    await stripe.advance(7 * 86_400 - 1)
    expect(stripe.events()).toEqual([])
    await stripe.advance(1)
    expect(stripe.events()).toEqual(['charge.expired', 'payment_intent.canceled'])
    expect(await stripe.get(`/v1/payment_intents/${held.id}`)).toMatchObject({
      status: 'canceled',
      cancellation_reason: 'automatic',
    })
  })

  it('keeps the card for the customer where future use is set up', async () => {
    const stripe = await judged()
    const customer = await stripe.post('/v1/customers')
    stripe.events()
    await stripe.post(
      '/v1/payment_intents',
      card('pm_card_visa', { customer: customer.id, setup_future_usage: 'off_session' }),
    )
    expect(stripe.events()).toEqual([
      'payment_intent.created',
      'charge.succeeded',
      'payment_method.attached',
      'payment_intent.succeeded',
    ])
    const kept = await stripe.get(`/v1/customers/${customer.id}/payment_methods`)
    expect(kept.data).toHaveLength(1)
  })
})

describe('a bank debit', () => {
  const debit = (payment_method: string) => ({
    amount: 1_000,
    currency: 'eur',
    payment_method,
    confirm: true,
    mandate_data: { customer_acceptance: { type: 'offline' } },
  })

  it('is processing until the bank has answered', async () => {
    const stripe = await judged()
    const intent = await stripe.post('/v1/payment_intents', debit('pm_sepaDebit_success_at'))
    expect(intent.status).toBe('processing')
    expect(stripe.events()).toEqual([
      'payment_intent.created',
      'payment_intent.processing',
      'charge.pending',
    ])
    await stripe.advance(1)
    expect(stripe.events()).toEqual(['charge.succeeded', 'payment_intent.succeeded'])
    const charge = await stripe.get(`/v1/charges/${intent.latest_charge}`)
    expect(charge).toMatchObject({ status: 'succeeded', paid: true })
    const { mandate } = charge.payment_method_details.sepa_debit
    expect(await stripe.get(`/v1/mandates/${mandate}`)).toMatchObject({ status: 'active' })
  })

  it('of a slow failing account fails after three minutes', async () => {
    const stripe = await judged()
    const intent = await stripe.post('/v1/payment_intents', debit('pm_sepaDebit_failedDelayed_de'))
    stripe.events()
    await stripe.advance(179)
    expect(stripe.events()).toEqual([])
    await stripe.advance(1)
    expect(stripe.events()).toEqual(['charge.failed', 'payment_intent.payment_failed'])
    expect(await stripe.get(`/v1/payment_intents/${intent.id}`)).toMatchObject({
      status: 'requires_payment_method',
    })
  })

  it('that comes back is disputed, and the dispute is lost when it is born', async () => {
    const stripe = await judged()
    await stripe.post('/v1/payment_intents', debit('pm_sepaDebit_disputed_fr'))
    stripe.events()
    await stripe.advance(1)
    expect(stripe.events()).toEqual([
      'charge.succeeded',
      'payment_intent.succeeded',
      'charge.dispute.created',
      'charge.dispute.funds_withdrawn',
      'charge.dispute.closed',
    ])
    expect(stripe.event('charge.dispute.created').data.object).toMatchObject({ status: 'lost' })
  })

  it('of a Bacs account whose holder objects ends the mandate', async () => {
    const stripe = await judged()
    await stripe.post('/v1/payment_intents', {
      ...debit('pm_bacsDebit_debitNotAuthorized'),
      currency: 'gbp',
    })
    stripe.events()
    await stripe.advance(1)
    expect(stripe.events()).toEqual([
      'charge.failed',
      'payment_intent.payment_failed',
      'mandate.updated',
    ])
  })

  it('of a US account typed in waits for its micro-deposits', async () => {
    const stripe = await judged()
    const intent = await stripe.post('/v1/payment_intents', {
      amount: 1_000,
      currency: 'usd',
      confirm: true,
      payment_method_data: {
        type: 'us_bank_account',
        us_bank_account: { account_number: '000123456789', routing_number: '110000000' },
        billing_details: { name: 'Jane Doe' },
      },
    })
    expect(intent.next_action.type).toBe('verify_with_microdeposits')
    const path = `/v1/payment_intents/${intent.id}/verify_microdeposits`
    expect(await stripe.refused(path, { amounts: [1, 2] })).toMatchObject({
      code: 'payment_method_microdeposit_verification_amounts_mismatch',
    })
    expect(await stripe.post(path, { amounts: [32, 45] })).toMatchObject({ status: 'processing' })
  })
})

describe('an intent', () => {
  it('answers illegal steps with payment_intent_unexpected_state', async () => {
    const stripe = await judged()
    const { id } = await stripe.post('/v1/payment_intents', card('pm_card_visa'))
    const code = 'payment_intent_unexpected_state'
    expect(await stripe.refused(`/v1/payment_intents/${id}/confirm`)).toMatchObject({ code })
    expect(await stripe.refused(`/v1/payment_intents/${id}/cancel`)).toMatchObject({ code })
    expect(await stripe.refused(`/v1/payment_intents/${id}`, { amount: 3_000 })).toMatchObject({
      code,
    })
  })

  it('refuses a payment method of a kind it does not take', async () => {
    const stripe = await judged()
    const error = await stripe.refused('/v1/payment_intents', {
      ...card('pm_sepaDebit_success_at'),
      allowed_payment_method_types: ['card'],
    })
    expect(error).toMatchObject({ code: 'payment_intent_incompatible_payment_method' })
  })

  it('takes the older name of its allowed kinds only where no current version is asked', async () => {
    const stripe = await judged()
    const params = { amount: 2_000, currency: 'usd', payment_method_types: ['card'] }
    const older = await stripe.post('/v1/payment_intents', params, { version: null })
    expect(older.payment_method_types).toEqual(['card'])
    expect(await stripe.refused('/v1/payment_intents', params)).toMatchObject({
      code: 'parameter_unknown',
    })
  })
})
