import { inParameter } from '../../protocol/find.ts'
import { mergeMetadata } from '../../protocol/parameters.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Invoice } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { pendingItemsFor } from '../invoice-items/pending-items.ts'
import { draftInvoice } from './draft-invoice.ts'
import {
  checkPaymentMethod,
  paymentSettingsFrom,
  redeemDiscounts,
  renderingFrom,
  taxRatesFrom,
} from './invoice-settings.ts'
import type { InvoiceParameters } from './invoice-update.ts'

export interface InvoiceCreation extends InvoiceParameters {
  readonly currency?: string | undefined
  readonly customer?: string | undefined
  readonly pending_invoice_items_behavior?: 'exclude' | 'include' | undefined
  readonly subscription?: string | undefined
}

/**
 * Makes a draft as the API does: of a customer's pending items, or those of a subscription.
 * @throws {StripeError} for what Stripe refuses; nothing has been made by then.
 */
export function createInvoice(world: World, input: InvoiceCreation): Invoice {
  const subscription =
    input.subscription === undefined
      ? undefined
      : inParameter(world, 'subscription', input.subscription, 'subscription')
  const customerId = input.customer ?? subscription?.customer
  if (customerId === undefined) {
    throw invalidRequest('You must specify a `customer` or a `subscription`.', {
      code: 'parameter_missing',
      param: 'customer',
    })
  }
  const customer = inParameter(world, 'customer', customerId, 'customer')
  const method = input.collection_method ?? subscription?.collection_method
  const isSent = method === 'send_invoice'
  refuseDueDates(world, input, isSent)
  checkPaymentMethod(world, input.default_payment_method, customer.id, 'default_payment_method')
  checkPaymentMethod(world, input.default_source, customer.id, 'default_source')
  const rates = taxRatesFrom(world, input.default_tax_rates ?? [], 'default_tax_rates')
  const waiting = world
    .where('invoiceitem', 'customer', customer.id)
    .filter((item) => item.invoice === null)
  const currency =
    input.currency ?? subscription?.currency ?? customer.currency ?? waiting[0]?.currency ?? 'usd'
  const includes =
    input.pending_invoice_items_behavior === 'include' ||
    (input.pending_invoice_items_behavior === undefined && subscription !== undefined)
  if (includes && pendingItemsFor(world, customer.id, currency, subscription?.id).length === 0) {
    throw invalidRequest(
      `Nothing to invoice for ${subscription === undefined ? 'customer' : 'subscription'}`,
      {
        code:
          subscription === undefined
            ? 'invoice_no_customer_line_items'
            : 'invoice_no_subscription_line_items',
        param: subscription === undefined ? 'customer' : 'subscription',
      },
    )
  }
  const now = world.now(customer.id)
  const discounts =
    input.discounts === undefined
      ? undefined
      : redeemDiscounts(world, input.discounts ?? [], { customer: customer.id, invoice: '' })
  const invoice = draftInvoice(world, {
    customer: customer.id,
    currency,
    ...(subscription === undefined
      ? {}
      : { subscription: { id: subscription.id, metadata: subscription.metadata } }),
    billingReason: subscription === undefined ? 'manual' : 'subscription_update',
    collectionMethod: isSent ? 'send_invoice' : 'charge_automatically',
    daysUntilDue: input.days_until_due ?? (isSent && input.due_date === undefined ? 30 : null),
    dueDate: input.due_date ?? null,
    autoAdvance: input.auto_advance ?? false,
    ...(typeof input.automatically_finalizes_at === 'number'
      ? { finalizesAt: input.automatically_finalizes_at }
      : {}),
    lines: [],
    includePendingItems: includes,
    periodStart: now,
    periodEnd: now,
    discounts: discounts?.map((discount) => discount.id),
    defaultPaymentMethod: input.default_payment_method ?? null,
    defaultSource: input.default_source ?? null,
    defaultTaxRates: rates.map((rate) => rate.id),
    automaticTax: input.automatic_tax?.enabled ?? false,
    description: input.description ?? null,
    footer: input.footer ?? null,
    number: input.number ?? null,
    statementDescriptor: input.statement_descriptor ?? null,
    customFields: input.custom_fields ?? null,
    metadata: mergeMetadata({}, input.metadata),
    paymentSettings: paymentSettingsFrom(undefined, input.payment_settings),
    effectiveAt: input.effective_at ?? null,
    rendering: renderingFrom(null, input.rendering),
  })
  for (const discount of discounts ?? []) {
    if (discount.invoice === '') world.patch('discount', discount.id, { invoice: invoice.id })
  }
  return invoice
}

function refuseDueDates(world: World, input: InvoiceCreation, isSent: boolean): void {
  const given = input.days_until_due === undefined ? 'due_date' : 'days_until_due'
  if (!isSent && (input.days_until_due !== undefined || input.due_date !== undefined)) {
    throw invalidRequest(
      `\`${given}\` is only valid for invoices with \`collection_method=send_invoice\`.`,
      { param: given },
    )
  }
  if (input.days_until_due !== undefined && input.due_date !== undefined) {
    throw invalidRequest(
      'You may only specify one of these parameters: days_until_due, due_date.',
      { param: 'due_date' },
    )
  }
  if (input.due_date !== undefined && input.due_date < world.now(input.customer)) {
    throw invalidRequest('`due_date` must be in the future.', { param: 'due_date' })
  }
}
