import type { Discount, Invoice } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { liveDiscounts } from '../coupons/live-discounts.ts'
import { dueOf } from './due-of.ts'
import type { InvoiceDraft } from './invoice-draft.ts'
import { addresseeOf, automaticTax, balanceFor, embeddedLines } from './invoice-parts.ts'
import type { LineDraft } from './line-draft.ts'
import { makeLine, type MadeLine } from './make-line.ts'
import { totalsOf } from './totals.ts'

export interface ComposedInvoice {
  readonly invoice: Invoice
  readonly lines: readonly MadeLine[]
  readonly discounts: readonly Discount[]
}

/** What `draftInvoice` would make, without making it. */
export function composeInvoice(
  world: World,
  id: string,
  draft: InvoiceDraft,
  drafts: readonly LineDraft[],
): ComposedInvoice {
  const customer = world.must('customer', draft.customer)
  const now = world.now(draft.customer)
  const own = customer.discount ?? null
  const discounts = liveDiscounts(world, draft.discounts ?? (own === null ? [] : [own.id]), now)
  const defaultTaxRates = (draft.defaultTaxRates ?? []).map((rate) => world.must('tax_rate', rate))
  const { lines, totals } = totalsOf(world, {
    lines: drafts.map((line) => makeLine(world, { invoice: id, currency: draft.currency, line })),
    discounts,
    defaultTaxRates,
    customer,
  })
  const balance = balanceFor(customer, draft.currency)
  const due = dueOf(totals.total, balance, draft.currency).due
  const finalizesAt = draft.autoAdvance
    ? (draft.finalizesAt ?? now + world.settings.finalizeAfter)
    : (draft.finalizesAt ?? null)
  const isCharged = draft.collectionMethod === 'charge_automatically'
  const invoice: Invoice = {
    id,
    object: 'invoice',
    account_country: 'US',
    account_name: 'Proviso sandbox',
    account_tax_ids: null,
    amount_due: due,
    amount_overpaid: 0,
    amount_paid: 0,
    amount_paid_off_stripe: 0,
    amount_remaining: due,
    amount_shipping: 0,
    application: null,
    attempt_count: 0,
    attempted: false,
    auto_advance: draft.autoAdvance,
    automatic_tax: automaticTax(draft.automaticTax === true, customer),
    automatically_finalizes_at: finalizesAt,
    billing_reason: draft.billingReason,
    collection_method: draft.collectionMethod,
    created: now,
    currency: draft.currency,
    custom_fields: draft.customFields ?? customer.invoice_settings.custom_fields,
    customer: draft.customer,
    customer_account: null,
    ...addresseeOf(customer),
    default_payment_method: draft.defaultPaymentMethod ?? null,
    default_source: draft.defaultSource ?? null,
    default_tax_rates: defaultTaxRates,
    description: draft.description ?? null,
    discounts: discounts.map((discount) => discount.id),
    due_date: isCharged ? null : (draft.dueDate ?? dueIn(draft, now)),
    effective_at: draft.effectiveAt ?? null,
    ending_balance: null,
    footer: draft.footer ?? customer.invoice_settings.footer,
    from_invoice: null,
    hosted_invoice_url: null,
    invoice_pdf: null,
    issuer: { type: 'self' },
    last_finalization_error: null,
    latest_revision: null,
    lines: embeddedLines(
      id,
      lines.map(({ line }) => line),
    ),
    livemode: false,
    metadata: draft.metadata ?? {},
    next_payment_attempt: isCharged ? finalizesAt : null,
    number: draft.number ?? null,
    on_behalf_of: null,
    parent: parentOf(draft),
    payment_settings: {
      default_mandate: draft.paymentSettings?.default_mandate ?? null,
      payment_method_options: draft.paymentSettings?.payment_method_options ?? null,
      payment_method_types: draft.paymentSettings?.payment_method_types ?? null,
    },
    period_end: draft.periodEnd,
    period_start: draft.periodStart,
    post_payment_credit_notes_amount: 0,
    pre_payment_credit_notes_amount: 0,
    receipt_number: null,
    rendering: draft.rendering ?? null,
    shipping_cost: null,
    shipping_details: null,
    starting_balance: balance,
    statement_descriptor: draft.statementDescriptor ?? null,
    status: 'draft',
    status_transitions: {
      finalized_at: null,
      marked_uncollectible_at: null,
      paid_at: null,
      voided_at: null,
    },
    ...totals,
    test_clock: customer.test_clock ?? null,
    ...(draft.thresholdReason === undefined ? {} : { threshold_reason: draft.thresholdReason }),
    // "Set while the invoice is being created" (SDK) where no endpoint holds it: `holdDraft`.
    webhooks_delivered_at: now,
  }
  return { invoice, lines, discounts }
}

function parentOf(draft: InvoiceDraft): Invoice['parent'] {
  if (draft.subscription !== undefined) {
    const { id, metadata, prorationDate } = draft.subscription
    return {
      quote_details: null,
      subscription_details: {
        metadata: metadata ?? {},
        subscription: id,
        ...(prorationDate === undefined ? {} : { subscription_proration_date: prorationDate }),
      },
      type: 'subscription_details',
    }
  }
  return draft.quote === undefined
    ? null
    : { quote_details: { quote: draft.quote }, subscription_details: null, type: 'quote_details' }
}

function dueIn({ daysUntilDue: days }: InvoiceDraft, now: number): number | null {
  return days === undefined || days === null ? null : now + days * 86_400
}
