import type { World } from '../world/world.ts'
import { oldDiscount, oldPlan, oldPrice, oldProduct, oldPromotionCode } from './old-catalogue.ts'
import { oldCheckoutSession, oldCustomer, oldPaymentLink, oldQuote } from './old-checkout.ts'
import { oldCreditNote, oldInvoice } from './old-invoice.ts'
import { oldInvoiceItem, oldLine } from './old-line.ts'
import {
  oldCharge,
  oldDispute,
  oldPaymentIntent,
  oldPaymentMethod,
  oldSetupIntent,
} from './old-payment.ts'
import type { Fields, OldContext, OldShape } from './old-shape.ts'
import { oldSchedule, oldSubscription, oldSubscriptionItem } from './old-subscription.ts'

const BEFORE_BASIL: Readonly<Record<string, OldShape>> = {
  charge: oldCharge,
  'checkout.session': oldCheckoutSession,
  credit_note: oldCreditNote,
  customer: oldCustomer,
  discount: oldDiscount,
  dispute: oldDispute,
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

/** What else changed names in 2025-09-30.clover (stripe-facts §2.2). */
const BEFORE_CLOVER: Readonly<Record<string, OldShape>> = {
  discount: oldDiscount,
  promotion_code: oldPromotionCode,
}

/**
 * Current shapes turned into those before 2025-03-31.basil (stripe-facts §2.3, "old form"): a tree
 * of objects from the outside in, each turned once. What an object no longer says about others is
 * looked up in the world as it is now.
 */
export function beforeBasil(world: World, version: string, value: unknown): unknown {
  return turned({ world, version }, BEFORE_BASIL, value)
}

export function beforeClover(world: World, version: string, value: unknown): unknown {
  return turned({ world, version }, BEFORE_CLOVER, value)
}

function turned(
  context: OldContext,
  shapes: Readonly<Record<string, OldShape>>,
  value: unknown,
): unknown {
  if (Array.isArray(value)) return value.map((element) => turned(context, shapes, element))
  if (typeof value !== 'object' || value === null) return value
  const fields = value as Fields
  // An event keeps the version it was made in, whatever the caller asks for (stripe-facts §2.1).
  if (fields['object'] === 'event') return value
  const shape = shapes[String(fields['object'])]
  const own = shape === undefined || fields['deleted'] === true ? fields : shape(context, fields)
  return Object.fromEntries(
    Object.entries(own).map(([key, inner]) => [key, turned(context, shapes, inner)]),
  )
}
