import { expect } from 'vitest'
import type { Stage } from './stage.ts'

/** A subscription whose first invoice a card has paid, and its charge. */
export async function paidSubscription(stage: Stage, card = 'pm_card_visa') {
  const customer = await stage.customer(card)
  const sub = await stage.api.subscriptions.create({
    customer: customer.id,
    items: [{ price: (await stage.price()).id }],
  })
  const charge = stage.last('charge.succeeded').object
  const invoice = String(sub.latest_invoice)
  return { customer, sub, invoice, charge: charge['id'] as string }
}

/** What money taken back leaves alone: the invoice stays paid, the subscription as it was. */
export async function expectUntouched(stage: Stage, invoice: string, sub: string): Promise<void> {
  expect(await stage.api.invoices.retrieve(invoice)).toMatchObject({
    status: 'paid',
    amount_paid: 2_900,
    amount_remaining: 0,
  })
  expect((await stage.api.subscriptions.retrieve(sub)).status).toBe('active')
  stage.none('customer.subscription.updated', 'customer.subscription.deleted')
}
