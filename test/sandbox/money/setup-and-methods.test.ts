import { describe, expect, it } from 'vitest'
import { completeAuthentication } from '../../../src/sandbox/resources/payment-intents/complete-authentication.ts'
import { completeSetupAuthentication } from '../../../src/sandbox/resources/setup-intents/complete-authentication.ts'
import { passesLuhn } from '../../../src/sandbox/resources/payment-methods/card-number.ts'
import { isIban } from '../../../src/sandbox/resources/payment-methods/iban.ts'
import {
  TEST_ACCOUNTS,
  TEST_CARDS,
} from '../../../src/sandbox/resources/payment-methods/test-values.ts'
import { updateAutomatically } from '../../../src/sandbox/resources/payment-methods/update-automatically.ts'
import { judged } from './judged.ts'

describe("Stripe's test values", () => {
  it('are card numbers and IBANs whose check digits fit', () => {
    expect(TEST_CARDS.filter(({ number }) => !passesLuhn(number))).toEqual([])
    const ibans = TEST_ACCOUNTS.filter(({ type }) => type === 'sepa_debit')
    expect(ibans.filter(({ number }) => !isIban(number))).toEqual([])
  })

  it('have one meaning each: no name stands twice', () => {
    const names = [...TEST_CARDS, ...TEST_ACCOUNTS].flatMap((value) => value.names)
    expect(names.length).toBe(new Set(names).size)
  })

  it('all make payment methods, by name and by number', async () => {
    const stripe = await judged()
    for (const { number, names, brand } of TEST_CARDS) {
      const made = await stripe.post('/v1/payment_methods', {
        type: 'card',
        card: { number, exp_month: 12, exp_year: 2034, cvc: '123' },
      })
      expect(made.card).toMatchObject({ brand, last4: number.slice(-4) })
      for (const name of names) await stripe.get(`/v1/payment_methods/pm_card_${name}`)
    }
    for (const { names } of TEST_ACCOUNTS) {
      for (const name of names) await stripe.get(`/v1/payment_methods/${name}`)
    }
  })
})

describe('a payment method', () => {
  const card = (fields: object) => ({
    type: 'card',
    card: { number: '4242424242424242', exp_month: 12, exp_year: 2034, cvc: '123', ...fields },
  })

  it('is refused for a number, date or code that cannot be', async () => {
    const stripe = await judged()
    for (const [fields, code] of [
      [{ number: '4242424242424241' }, 'incorrect_number'],
      [{ exp_month: 13 }, 'invalid_expiry_month'],
      [{ exp_year: 2025 }, 'invalid_expiry_year'],
      [{ cvc: '99' }, 'invalid_cvc'],
    ] as const) {
      expect(await stripe.refused('/v1/payment_methods', card(fields))).toMatchObject({
        status: 402,
        type: 'card_error',
        code,
      })
    }
    const iban = { type: 'sepa_debit', sepa_debit: { iban: 'DE00370400440532013000' } }
    expect(await stripe.refused('/v1/payment_methods', iban)).toMatchObject({
      code: 'account_number_invalid',
    })
  })

  it('of a test name is a fresh one each time it is attached', async () => {
    const stripe = await judged()
    const customer = (await stripe.post('/v1/customers')).id
    const first = await stripe.post('/v1/payment_methods/pm_card_visa/attach', { customer })
    const second = await stripe.post('/v1/payment_methods/pm_card_visa/attach', { customer })
    expect(first.id).not.toBe(second.id)
    expect(first.card.fingerprint).toBe(second.card.fingerprint)
    const { data } = await stripe.get('/v1/payment_methods', { customer, type: 'card' })
    expect(data.map(({ id }: { id: string }) => id)).toEqual([second.id, first.id])
  })

  it('whose issuer declines cannot be attached, but the one made for it can and fails later', async () => {
    const stripe = await judged()
    const customer = (await stripe.post('/v1/customers')).id
    expect(
      await stripe.refused('/v1/payment_methods/pm_card_chargeDeclined/attach', { customer }),
    ).toMatchObject({ code: 'card_declined', status: 402 })
    const kept = await stripe.post('/v1/payment_methods/pm_card_chargeCustomerFail/attach', {
      customer,
    })
    expect(
      await stripe.refused('/v1/payment_intents', {
        amount: 500,
        currency: 'usd',
        customer,
        payment_method: kept.id,
        confirm: true,
        off_session: true,
      }),
    ).toMatchObject({ code: 'card_declined' })
  })

  it('taken from its customer is no longer their default, and nobody can have it again', async () => {
    const stripe = await judged()
    const customer = (await stripe.post('/v1/customers')).id
    const { id } = await stripe.post('/v1/payment_methods/pm_card_visa/attach', { customer })
    await stripe.post(`/v1/customers/${customer}`, {
      invoice_settings: { default_payment_method: id },
    })
    stripe.events()
    await stripe.post(`/v1/payment_methods/${id}/detach`)
    expect(stripe.events()).toEqual(['payment_method.detached', 'customer.updated'])
    const owner = await stripe.get(`/v1/customers/${customer}`)
    expect(owner.invoice_settings.default_payment_method).toBeNull()
    expect((await stripe.refused(`/v1/payment_methods/${id}/attach`, { customer })).status).toBe(
      400,
    )
  })

  it('tells of a change with the old values', async () => {
    const stripe = await judged()
    const customer = (await stripe.post('/v1/customers')).id
    const { id } = await stripe.post('/v1/payment_methods/pm_card_visa/attach', { customer })
    await stripe.post(`/v1/payment_methods/${id}`, {
      card: { exp_year: 2040 },
      billing_details: { name: 'Jane' },
      metadata: { a: 'b' },
    })
    expect(stripe.event('payment_method.updated').data.previous_attributes).toEqual({
      billing_details: { name: null },
      card: { exp_year: 2027 },
      metadata: { a: null },
    })
  })

  it('goes on by itself with the new date that its bank sends (row 99)', async () => {
    const stripe = await judged()
    const customer = (await stripe.post('/v1/customers')).id
    const { id } = await stripe.post('/v1/payment_methods/pm_card_visa/attach', { customer })
    updateAutomatically(stripe.sandbox.world, id, { expYear: 2031 })
    expect((await stripe.get(`/v1/payment_methods/${id}`)).card.exp_year).toBe(2031)
    expect(stripe.event('payment_method.automatically_updated').data.previous_attributes).toEqual({
      card: { exp_year: 2027 },
    })
  })

  it('can be a source of older days, and pays like any other', async () => {
    const stripe = await judged()
    const customer = (await stripe.post('/v1/customers')).id
    const token = await stripe.post('/v1/tokens', {
      card: { number: '4242424242424242', exp_month: 12, exp_year: 2034, cvc: '123' },
    })
    stripe.events()
    const source = await stripe.post(`/v1/customers/${customer}/sources`, { source: token.id })
    expect(stripe.events()).toEqual(['customer.source.created', 'customer.updated'])
    expect(
      await stripe.refused(`/v1/customers/${customer}/sources`, { source: token.id }),
    ).toMatchObject({ code: 'token_already_used' })
    expect(await stripe.get(`/v1/customers/${customer}`)).toMatchObject({
      default_source: source.id,
    })
    const intent = await stripe.post('/v1/payment_intents', {
      amount: 500,
      currency: 'usd',
      customer,
      payment_method: source.id,
      confirm: true,
    })
    expect(intent).toMatchObject({ status: 'succeeded', payment_method: source.id })
    await stripe.post(`/v1/customers/${customer}/sources/${source.id}`, { metadata: { a: 'b' } })
    expect(stripe.event('customer.source.updated')).toBeDefined()
    await stripe.call('DELETE', `/v1/customers/${customer}/sources/${source.id}`)
    expect(stripe.event('customer.source.deleted')).toBeDefined()
    expect((await stripe.get(`/v1/customers/${customer}`)).default_source).toBeNull()
  })
})

describe('a setup intent', () => {
  it('keeps a card for the customer (row 9)', async () => {
    const stripe = await judged()
    const customer = (await stripe.post('/v1/customers')).id
    stripe.events()
    const intent = await stripe.post('/v1/setup_intents', {
      customer,
      payment_method: 'pm_card_visa',
      confirm: true,
    })
    expect(intent.status).toBe('succeeded')
    expect(stripe.events()).toEqual([
      'setup_intent.created',
      'payment_method.attached',
      'setup_intent.succeeded',
    ])
  })

  it('fails with the card that its issuer declines', async () => {
    const stripe = await judged()
    const error = await stripe.refused('/v1/setup_intents', {
      payment_method: 'pm_card_chargeDeclined',
      confirm: true,
    })
    expect(error).toMatchObject({ status: 402, code: 'card_declined' })
    expect(stripe.events()).toEqual(['setup_intent.created', 'setup_intent.setup_failed'])
  })

  it('authenticates a card so that it may be charged off session later', async () => {
    const stripe = await judged()
    const customer = (await stripe.post('/v1/customers')).id
    const charge = (payment_method: string) => ({
      amount: 500,
      currency: 'usd',
      customer,
      payment_method,
      confirm: true,
      off_session: true,
    })
    const card = 'pm_card_authenticationRequiredOnSetup'
    expect(await stripe.refused('/v1/payment_intents', charge(card))).toMatchObject({
      code: 'authentication_required',
    })
    const intent = await stripe.post('/v1/setup_intents', {
      customer,
      payment_method: card,
      confirm: true,
    })
    expect(intent.status).toBe('requires_action')
    completeSetupAuthentication(stripe.sandbox.world, intent.id, true)
    const ready = await stripe.get(`/v1/setup_intents/${intent.id}`)
    expect(ready.status).toBe('succeeded')
    const paid = await stripe.post('/v1/payment_intents', charge(ready.payment_method))
    expect(paid.status).toBe('succeeded')
  })

  it('is over when it is canceled', async () => {
    const stripe = await judged()
    const { id } = await stripe.post('/v1/setup_intents')
    await stripe.post(`/v1/setup_intents/${id}/cancel`)
    expect(stripe.events()).toEqual(['setup_intent.created', 'setup_intent.canceled'])
    expect(
      await stripe.refused(`/v1/setup_intents/${id}/confirm`, { payment_method: 'pm_card_visa' }),
    ).toMatchObject({ code: 'setup_intent_unexpected_state' })
  })
})

describe("the customer's answer to their bank", () => {
  const begin = (stripe: Awaited<ReturnType<typeof judged>>, more = {}) =>
    stripe.post('/v1/payment_intents', {
      amount: 2_000,
      currency: 'eur',
      payment_method: 'pm_card_threeDSecure2Required',
      confirm: true,
      ...more,
    })

  it('lets the payment through', async () => {
    const stripe = await judged()
    const { id } = await begin(stripe)
    stripe.events()
    completeAuthentication(stripe.sandbox.world, id, true)
    const intent = await stripe.get(`/v1/payment_intents/${id}`, { expand: ['latest_charge'] })
    expect(intent).toMatchObject({ status: 'succeeded', next_action: null })
    expect(intent.latest_charge.payment_method_details.card.three_d_secure).toMatchObject({
      result: 'authenticated',
    })
    expect(stripe.events()).toEqual(['charge.succeeded', 'payment_intent.succeeded'])
  })

  it('fails the attempt without any charge', async () => {
    const stripe = await judged()
    const { id } = await begin(stripe)
    stripe.events()
    completeAuthentication(stripe.sandbox.world, id, false)
    expect(await stripe.get(`/v1/payment_intents/${id}`)).toMatchObject({
      status: 'requires_payment_method',
      latest_charge: null,
      last_payment_error: { code: 'payment_intent_authentication_failure' },
    })
    expect(stripe.events()).toEqual(['payment_intent.payment_failed'])
  })

  it('comes back to the server where that confirms by itself', async () => {
    const stripe = await judged()
    const { id } = await begin(stripe, { confirmation_method: 'manual' })
    completeAuthentication(stripe.sandbox.world, id, true)
    expect((await stripe.get(`/v1/payment_intents/${id}`)).status).toBe('requires_confirmation')
    expect((await stripe.post(`/v1/payment_intents/${id}/confirm`)).status).toBe('succeeded')
  })
})

describe('a bank transfer', () => {
  it('pays what waits for it, in parts, and keeps the rest', async () => {
    const stripe = await judged()
    const customer = (await stripe.post('/v1/customers')).id
    const intent = await stripe.post(
      '/v1/payment_intents',
      {
        amount: 2_000,
        currency: 'jpy',
        customer,
        payment_method_types: ['customer_balance'],
        payment_method_data: { type: 'customer_balance' },
        payment_method_options: {
          customer_balance: {
            funding_type: 'bank_transfer',
            bank_transfer: { type: 'jp_bank_account' },
          },
        },
        confirm: true,
      },
      { version: null },
    )
    expect(intent.next_action.display_bank_transfer_instructions.amount_remaining).toBe(2_000)
    stripe.events()
    const fund = (amount: number) =>
      stripe.post(`/v1/test_helpers/customers/${customer}/fund_cash_balance`, {
        amount,
        currency: 'jpy',
      })
    await fund(500)
    expect(stripe.events()).toEqual([
      'customer_cash_balance_transaction.created',
      'customer_cash_balance_transaction.created',
      'payment_intent.partially_funded',
    ])
    await fund(1_600)
    expect(stripe.events()).toEqual([
      'customer_cash_balance_transaction.created',
      'customer_cash_balance_transaction.created',
      'charge.succeeded',
      'payment_intent.succeeded',
      'cash_balance.funds_available',
    ])
    expect(await stripe.get(`/v1/customers/${customer}/cash_balance`)).toMatchObject({
      available: { jpy: 100 },
    })
  })
})
