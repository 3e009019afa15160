import type { InvoiceLineItem } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { meterUsage } from '../meters/meter-usage.ts'
import { priceAmount } from '../prices/price-amount.ts'
import { linesOf, recomputed } from './refresh-draft.ts'

/**
 * Usage of a period may still be reported while its invoice is a draft: finalisation takes the latest
 * quantity (docs: invoice finalization grace period).
 */
export function takeLatestUsage(world: World, id: string): void {
  const invoice = world.must('invoice', id)
  let isChanged = false
  for (const line of linesOf(world, id)) {
    const used = latestUsage(world, String(invoice.customer), line)
    if (used === null || used === String(line.quantity)) continue
    const price = world.must('price', line.pricing?.price_details?.price ?? '')
    const amount = Math.max(0, priceAmount(price, used, invoice.currency))
    const quantity = Number(used)
    world.patch('line_item', line.id, {
      ...{ amount, quantity, quantity_decimal: used, subtotal: amount },
      description: line.description?.replace(/^\d+ × /u, `${used} × `) ?? null,
    })
    isChanged = true
  }
  if (isChanged) world.patch('invoice', id, recomputed(world, world.must('invoice', id)))
}

/** null: no line of whole units of usage. */
function latestUsage(world: World, customer: string, line: InvoiceLineItem): string | null {
  const details = line.parent?.subscription_item_details
  const price = world.get('price', line.pricing?.price_details?.price ?? '')
  const meter = price?.recurring?.meter ?? null
  const { start, end } = line.period
  if (details === undefined || details === null || details.proration || meter === null) return null
  if (line.quantity === null || start >= end) return null
  const used = meterUsage(world, { meter, customer, start, end })
  return /^\d+$/u.test(used) ? used : null
}
