import type { Json } from '../stripe/index.ts'
import type { Story } from './story.ts'
import type { Sight } from './taken-back.ts'

export type Policies = NonNullable<Story['catalog']['policy']>

/** Checkout said that money came, or under `grantWhileProcessing` that it is on its way. */
export function isSessionPaid(object: Json, sights: readonly Sight[], policy: Policies): boolean {
  if (object['object'] !== 'checkout.session' || object['mode'] === 'setup') return false
  if (object['status'] !== 'complete') return false
  if (object['payment_status'] !== 'unpaid') return true
  const isRefused = sights.some(
    (sight) =>
      sight.type === 'checkout.session.async_payment_failed' && sight.object['id'] === object['id'],
  )
  return policy.grantWhileProcessing === true && !isRefused
}

/** Money that arrived, whatever tells of it. */
export function isMoney(object: Json): boolean {
  const isPaid = object['status'] === 'paid' || object['paid'] === true
  if (object['object'] === 'invoice' || object['object'] === 'invoice_payment') return isPaid
  if (object['object'] === 'charge') return object['captured'] === true
  return object['object'] === 'payment_intent' && object['status'] === 'succeeded'
}

/** A debit that was sent and has neither settled nor failed. */
export function isUnderWay(object: Json): boolean {
  const isIntent = object['object'] === 'payment_intent' && object['status'] === 'processing'
  return isIntent || (object['object'] === 'charge' && object['status'] === 'pending')
}
