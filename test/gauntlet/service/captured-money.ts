import { type Body, bodyObject } from '../../support/stripe/index.ts'

/** Whether a body says, in any version's words, that something was paid, is being tried, or is granted. */
export function isMoneyOrTrial(body: Body): boolean {
  const object = bodyObject(body)
  switch (object['object']) {
    case 'invoice':
      return object['paid'] === true || object['status'] === 'paid'
    case 'charge':
      return object['paid'] === true || object['status'] === 'succeeded'
    case 'payment_intent':
      return object['status'] === 'succeeded'
    case 'checkout.session':
      return ['paid', 'no_payment_required'].includes(String(object['payment_status']))
    case 'subscription':
      return object['status'] === 'trialing'
    case 'entitlements.active_entitlement_summary':
      return true
    default:
      return false
  }
}
