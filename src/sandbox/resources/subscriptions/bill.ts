import type { Invoice, Subscription } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { keepAfterBill, liveDiscounts } from '../coupons/live-discounts.ts'
import { draftInvoice } from '../invoices/draft-invoice.ts'
import type { InvoiceDraft } from '../invoices/invoice-draft.ts'
import type { LineDraft } from '../invoices/line-draft.ts'
import { noteInvoiceDebits } from './billed.ts'

export interface Bill {
  /** The invoice's id to be, where items were made for it. */
  readonly id?: string | undefined
  readonly reason: NonNullable<Invoice['billing_reason']>
  readonly lines: readonly LineDraft[]
  /** Whether it goes its way by itself: finalised after a while and collected. */
  readonly autoAdvance: boolean
  /** Unix seconds. */
  readonly finalizesAt?: number
  /** Default true. */
  readonly includePendingItems?: boolean
  readonly periodStart: number
  readonly periodEnd: number
  readonly prorationDate?: number
  readonly thresholdReason?: Invoice['threshold_reason']
  /** Between the invoice's coming to be and its event. */
  readonly opened?: (invoice: Invoice) => void
}

/** What an invoice of a subscription is made from: the bill, and what the subscription has for all. */
export function draftOf(world: World, subscription: Subscription, bill: Bill): InvoiceDraft {
  const { invoice_settings: settings, payment_settings: payment } = subscription
  const isSent = subscription.collection_method === 'send_invoice'
  const discounts = liveDiscounts(
    world,
    subscription.discounts.map(String),
    world.now(subscription.customer),
  ).map(({ id }) => id)
  return {
    ...(bill.id === undefined ? {} : { id: bill.id }),
    customer: subscription.customer,
    currency: subscription.currency,
    subscription: {
      id: subscription.id,
      metadata: subscription.metadata,
      ...(bill.prorationDate === undefined ? {} : { prorationDate: bill.prorationDate }),
    },
    billingReason: bill.reason,
    collectionMethod: isSent ? 'send_invoice' : 'charge_automatically',
    ...(isSent ? { daysUntilDue: subscription.days_until_due } : {}),
    autoAdvance: bill.autoAdvance,
    ...(bill.finalizesAt === undefined ? {} : { finalizesAt: bill.finalizesAt }),
    lines: bill.lines,
    includePendingItems: bill.includePendingItems ?? true,
    periodStart: bill.periodStart,
    periodEnd: bill.periodEnd,
    ...(bill.thresholdReason === undefined ? {} : { thresholdReason: bill.thresholdReason }),
    // Without discounts of its own the customer's count (absent).
    ...(discounts.length === 0 ? {} : { discounts }),
    defaultTaxRates: (subscription.default_tax_rates ?? []).map(({ id }) => id),
    automaticTax: subscription.automatic_tax.enabled,
    description: settings.description,
    footer: settings.footer,
    customFields: settings.custom_fields,
    ...(payment === null
      ? {}
      : {
          paymentSettings: {
            payment_method_types: payment.payment_method_types,
          } as NonNullable<InvoiceDraft['paymentSettings']>,
        }),
    ...(bill.opened === undefined ? {} : { opened: bill.opened }),
  }
}

/** Drafts an invoice of a subscription and notes what it bills ahead. */
export function billSubscription(world: World, subscription: Subscription, bill: Bill): Invoice {
  const invoice = draftInvoice(world, draftOf(world, subscription, bill))
  noteInvoiceDebits(world, invoice.id, world.now(subscription.customer))
  return invoice
}

/** The fields that every bill moves: the latest invoice, and discounts that were good for one bill. */
export function afterBill(
  world: World,
  subscription: Subscription,
  invoice: Invoice,
): Partial<Subscription> {
  const held = subscription.discounts.map(String)
  const kept = keepAfterBill(world, held, world.now(subscription.customer))
  return {
    latest_invoice: invoice.id,
    ...(kept.length === held.length ? {} : { discounts: kept }),
  }
}
