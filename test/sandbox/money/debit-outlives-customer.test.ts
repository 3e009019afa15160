import { expect, test } from 'vitest'
import { createSandbox } from '../../../src/sandbox/index.ts'

test('a debit that settles after its customer was deleted is paid, and nothing is kept or billed', async () => {
  // Given a subscription by a bank debit that takes days, and a customer deleted meanwhile
  const sandbox = await createSandbox({
    seed: 'outlived',
    now: '2026-01-31T09:00:00Z',
    settings: { bankDebitSeconds: 432_000 },
  })
  const stripe = sandbox.client()
  const customer = await stripe.customers.create({ email: 'ada@example.test' })
  const session = await stripe.checkout.sessions.create({
    mode: 'payment',
    customer: customer.id,
    success_url: 'https://app.test/thanks',
    invoice_creation: { enabled: true },
    allowed_payment_method_types: ['sepa_debit'],
    payment_intent_data: { setup_future_usage: 'off_session' },
    line_items: [
      {
        quantity: 1,
        price_data: { currency: 'eur', unit_amount: 900, product_data: { name: 'Pass' } },
      },
    ],
  })
  await sandbox.pay(session, { paymentMethod: 'pm_sepaDebit_success_de' })
  await stripe.customers.del(customer.id)

  const before = sandbox.events().length

  // When the bank has settled
  await sandbox.advance({ days: 6 })

  // Then
  const types = sandbox
    .events()
    .slice(before)
    .map(({ type }) => type)
  expect(types).toContain('payment_intent.succeeded')
  expect(types).toContain('checkout.session.async_payment_succeeded')
  expect(types).not.toContain('payment_method.attached')
  expect(types).not.toContain('invoice.created')
  await sandbox.close()
})
