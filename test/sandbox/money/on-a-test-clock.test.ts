import { expect, it } from 'vitest'
import { judged } from './judged.ts'

it("a bank debit settles on the clock of its customer, and the events carry that clock's time", async () => {
  const stripe = await judged({ settings: { bankDebitSeconds: 5 * 86_400 } })
  const start = 1_600_000_000
  const clock = await stripe.post('/v1/test_helpers/test_clocks', { frozen_time: start })
  const customer = await stripe.post('/v1/customers', { test_clock: clock.id })
  const intent = await stripe.post('/v1/payment_intents', {
    amount: 1_000,
    currency: 'eur',
    customer: customer.id,
    payment_method: 'pm_sepaDebit_success_de',
    confirm: true,
  })
  await stripe.advance(30 * 86_400)
  expect((await stripe.get(`/v1/payment_intents/${intent.id}`)).status).toBe('processing')

  await stripe.post(`/v1/test_helpers/test_clocks/${clock.id}/advance`, {
    frozen_time: start + 5 * 86_400,
  })
  await stripe.advance(5)

  expect((await stripe.get(`/v1/payment_intents/${intent.id}`)).status).toBe('succeeded')
  expect(stripe.event('payment_intent.succeeded').created).toBe(start + 5 * 86_400)
  expect(stripe.event('payment_intent.succeeded').request).toEqual({
    id: null,
    idempotency_key: null,
  })
})
