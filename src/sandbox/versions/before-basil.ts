import type { World } from '../world/world.ts'
import { oldDiscount, oldPlan, oldPrice, oldProduct, oldPromotionCode } from './old-catalogue.ts'
import { oldCheckoutSession, oldCustomer, oldPaymentLink, oldQuote } from './old-checkout.ts'
import { oldCreditNote, oldInvoice } from './old-invoice.ts'
import { oldInvoiceItem, oldLine } from './old-line.ts'
import { oldCharge, oldPaymentIntent, oldPaymentMethod, oldSetupIntent } from './old-payment.ts'
import type { Fields, OldContext, OldShape } from './old-shape.ts'
import { oldSchedule, oldSubscription, oldSubscriptionItem } from './old-subscription.ts'

const SHAPES: Readonly<Record<string, OldShape>> = {
  charge: oldCharge,
  'checkout.session': oldCheckoutSession,
  credit_note: oldCreditNote,
  customer: oldCustomer,
  discount: oldDiscount,
  invoice: oldInvoice,
  invoiceitem: oldInvoiceItem,
  line_item: oldLine,
  payment_intent: oldPaymentIntent,
  payment_link: oldPaymentLink,
  payment_method: oldPaymentMethod,
  plan: oldPlan,
  price: oldPrice,
  product: oldProduct,
  promotion_code: oldPromotionCode,
  quote: oldQuote,
  setup_intent: oldSetupIntent,
  subscription: oldSubscription,
  subscription_item: oldSubscriptionItem,
  subscription_schedule: oldSchedule,
}

/**
 * Current shapes turned into those before 2025-03-31.basil (stripe-facts §2.3, "old form"): a tree
 * of objects from the outside in, each turned once. What an object no longer says about others is
 * looked up in the world as it is now.
 */
export function beforeBasil(world: World, version: string, value: unknown): unknown {
  return turned({ world, version }, value)
}

function turned(context: OldContext, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((element) => turned(context, element))
  if (typeof value !== 'object' || value === null) return value
  const fields = value as Fields
  // An event keeps the version it was made in, whatever the caller asks for (stripe-facts §2.1).
  if (fields['object'] === 'event') return value
  const shape = SHAPES[String(fields['object'])]
  const own = shape === undefined || fields['deleted'] === true ? fields : shape(context, fields)
  return Object.fromEntries(
    Object.entries(own).map(([key, inner]) => [key, turned(context, inner)]),
  )
}
