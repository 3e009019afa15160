import { expect } from 'vitest'
import type { Stage } from './stage.ts'

/** A subscription whose first renewal was declined an hour after it: past due. */
export async function pastDue(stage: Stage) {
  const customer = await stage.customer()
  const sub = await stage.api.subscriptions.create({
    customer: customer.id,
    items: [{ price: (await stage.price()).id }],
  })
  await stage.changeCard(customer.id, 'pm_card_chargeCustomerFail')
  await stage.advanceTo((sub.items.data[0]?.current_period_end ?? 0) + 2 * 3_600)
  const invoice = stage.last('invoice.payment_failed').object['id'] as string
  expect((await stage.api.subscriptions.retrieve(sub.id)).status).toBe('past_due')
  stage.mark()
  return { customer, sub, invoice }
}
