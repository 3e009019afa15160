import type { Json } from '../../support/stripe/index.ts'
import type { Sight } from './sight.ts'
import type { Subset } from './subset.ts'

/** Money that arrived, whatever tells of it. */
export function isMoney(object: Json): boolean {
  const status = object['status']
  switch (object['object']) {
    case 'invoice':
      return status === 'paid' || object['paid'] === true
    case 'charge':
      return status === 'succeeded' && object['captured'] === true
    case 'payment_intent':
      return status === 'succeeded'
    default:
      return false
  }
}

/** A debit that was sent and has neither settled nor failed. */
export function isUnderWay(object: Json): boolean {
  const status = object['status']
  if (object['object'] === 'payment_intent') return status === 'processing'
  return object['object'] === 'charge' && status === 'pending'
}

/** Checkout is complete, and says that money came or that none was due. */
export function isPaidSession({ type, object }: Sight): boolean {
  if (object['mode'] === 'setup' || object['status'] !== 'complete') return false
  return (
    object['payment_status'] !== 'unpaid' || type === 'checkout.session.async_payment_succeeded'
  )
}

/** Paid by what is said of the invoice itself, or by money that can be traced to it. */
export function isPaidInvoice(subset: Subset, id: string): boolean {
  if (subset.of(id).some(({ object }) => isMoney(object))) return true
  const total = Math.max(0, ...subset.of(id).map(({ object }) => Number(object['amount_due'] ?? 0)))
  const payments = [...subset.ofKind('payment_intent'), ...subset.ofKind('charge')]
  return payments.some(
    ({ object }) =>
      isMoney(object) && Number(object['amount']) >= total && subset.isJoined(object, id),
  )
}
