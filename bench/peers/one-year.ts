import type { Sandbox } from '../../src/sandbox/index.ts'

/**
 * A year of one customer: bought by Checkout, upgraded, refunded in part, a failed renewal that
 * recovers, a credit note, a second product bought once, canceled at the end of a period.
 */
export async function liveAYear(sandbox: Sandbox): Promise<void> {
  const stripe = sandbox.client()
  const product = await stripe.products.create({ name: 'Pro' })
  const monthly = (amount: number) =>
    stripe.prices.create({
      product: product.id,
      currency: 'usd',
      unit_amount: amount,
      recurring: { interval: 'month' },
    })
  const small = await monthly(2_900)
  const large = await monthly(5_900)

  const customer = await stripe.customers.create({
    email: 'ada@example.test',
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
  })
  const subscription = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: small.id, quantity: 2 }],
  })
  await sandbox.advance({ days: 40 })

  const [item] = subscription.items.data
  await stripe.subscriptions.update(subscription.id, {
    items: [{ id: item?.id ?? '', price: large.id }],
    proration_behavior: 'always_invoice',
  })
  await sandbox.advance({ days: 50 })

  const { data: charges } = await stripe.charges.list({ customer: customer.id, limit: 1 })
  await stripe.refunds.create({ charge: charges[0]?.id ?? '', amount: 1_000 })

  const failing = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', {
    customer: customer.id,
  })
  await stripe.customers.update(customer.id, {
    invoice_settings: { default_payment_method: failing.id },
  })
  // The renewal fails, and one of the retries of the days that follow finds the new card.
  await sandbox.advance({ days: 4 })
  const working = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id })
  await stripe.customers.update(customer.id, {
    invoice_settings: { default_payment_method: working.id },
  })
  await sandbox.advance({ days: 10 })

  await stripe.invoiceItems.create({ customer: customer.id, amount: 1_500, currency: 'usd' })
  const extra = await stripe.invoices.create({
    customer: customer.id,
    pending_invoice_items_behavior: 'include',
  })
  await stripe.invoices.pay(extra.id ?? '')

  await sandbox.advance({ days: 100 })
  await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true })
  await sandbox.advance({ days: 161 })
}
