import type { FactStates, FactType } from '../../core/fact.ts'
import type { Fields } from '../fields.ts'
import { reduceCharge } from './charge.ts'
import { reduceCheckoutSession } from './checkout-session.ts'
import { reduceCustomer } from './customer.ts'
import { reduceDispute } from './dispute.ts'
import { reduceEntitlementSummary } from './entitlement-summary.ts'
import { reduceInvoicePayment } from './invoice-payment.ts'
import { reduceInvoice } from './invoice.ts'
import { reduceManualGrant } from './manual-grant.ts'
import { reducePaymentIntent } from './payment-intent.ts'
import { reducePrice } from './price.ts'
import { reduceProduct } from './product.ts'
import { reduceRefund } from './refund.ts'
import { reduceSetupIntent } from './setup-intent.ts'
import { reduceSubscription } from './subscription.ts'
import { reduceTestClock } from './test-clock.ts'

export type Reducer<T extends FactType> = (
  fields: Fields,
  eventType: string,
  id: string,
) => FactStates[T]

export const REDUCERS: { readonly [T in FactType]: Reducer<T> } = {
  customer: reduceCustomer,
  checkout_session: reduceCheckoutSession,
  subscription: reduceSubscription,
  invoice: reduceInvoice,
  invoice_payment: reduceInvoicePayment,
  payment_intent: reducePaymentIntent,
  charge: reduceCharge,
  refund: reduceRefund,
  dispute: reduceDispute,
  setup_intent: reduceSetupIntent,
  product: reduceProduct,
  price: reducePrice,
  entitlement_summary: reduceEntitlementSummary,
  test_clock: reduceTestClock,
  manual_grant: reduceManualGrant,
}
