import { mergeMetadata } from '../../protocol/parameters.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Invoice } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import {
  checkPaymentMethod,
  paymentSettingsFrom,
  redeemDiscounts,
  renderingFrom,
  taxRatesFrom,
} from './invoice-settings.ts'
import { recomputed } from './refresh-draft.ts'

export interface InvoiceParameters {
  readonly auto_advance?: boolean | undefined
  readonly automatic_tax?: { readonly enabled: boolean } | undefined
  readonly automatically_finalizes_at?: number | null | undefined
  readonly collection_method?: 'charge_automatically' | 'send_invoice' | undefined
  readonly custom_fields?:
    readonly { readonly name: string; readonly value: string }[] | null | undefined
  readonly days_until_due?: number | undefined
  readonly default_payment_method?: string | null | undefined
  readonly default_source?: string | null | undefined
  readonly default_tax_rates?: readonly string[] | null | undefined
  readonly description?: string | null | undefined
  readonly discounts?: Parameters<typeof redeemDiscounts>[1] | null | undefined
  readonly due_date?: number | undefined
  readonly effective_at?: number | null | undefined
  readonly footer?: string | null | undefined
  readonly metadata?: Readonly<Record<string, string>> | null | undefined
  readonly number?: string | null | undefined
  readonly payment_settings?: Parameters<typeof paymentSettingsFrom>[1]
  readonly rendering?: Parameters<typeof renderingFrom>[1]
  readonly statement_descriptor?: string | undefined
}

/** What may still be changed once an invoice is final ("you can still update" it, SDK). */
const EDITABLE_AFTER = new Set([
  'auto_advance',
  'default_payment_method',
  'default_source',
  'metadata',
  'payment_settings',
  'due_date',
  'days_until_due',
  'collection_method',
])

/**
 * Changes an invoice: `invoice.updated`.
 * @throws {StripeError} `invoice_not_editable` for what is fixed once it is final.
 */
export function updateInvoice(world: World, id: string, update: InvoiceParameters): Invoice {
  const before = world.must('invoice', id)
  const isDraft = before.status === 'draft'
  const fixed = Object.entries(update).find(
    ([key, value]) => value !== undefined && !isDraft && !EDITABLE_AFTER.has(key),
  )
  if (fixed !== undefined) {
    throw invalidRequest(
      `Finalized invoices can't be updated in this way: \`${fixed[0]}\` is fixed.`,
      { code: 'invoice_not_editable', param: fixed[0] },
    )
  }
  checkPaymentMethod(
    world,
    update.default_payment_method,
    before.customer,
    'default_payment_method',
  )
  checkPaymentMethod(world, update.default_source, before.customer, 'default_source')
  const own = changesOf(before, update, {
    now: world.now(before.customer),
    finalizeAfter: world.settings.finalizeAfter,
  })
  if (!isDraft) return reschedule(world, world.change('invoice', id, own, 'invoice.updated'))
  const rates =
    update.default_tax_rates === undefined
      ? undefined
      : taxRatesFrom(world, update.default_tax_rates ?? [], 'default_tax_rates')
  const discounts =
    update.discounts === undefined
      ? undefined
      : redeemDiscounts(world, update.discounts ?? [], {
          customer: before.customer ?? '',
          invoice: id,
        })
  const current = { ...before, ...own }
  const fields = recomputed(world, current, { discounts, defaultTaxRates: rates })
  const { automatic_tax: tax = current.automatic_tax } = fields
  const change = { ...fields, ...own, automatic_tax: tax }
  return reschedule(world, world.change('invoice', id, change, 'invoice.updated'))
}

interface Time {
  /** Unix seconds. */
  readonly now: number
  /** Seconds. */
  readonly finalizeAfter: number
}

function changesOf(before: Invoice, update: InvoiceParameters, time: Time): Partial<Invoice> {
  const method = update.collection_method ?? before.collection_method
  const isSent = method === 'send_invoice'
  const plain = Object.fromEntries(
    (
      [
        'custom_fields',
        'default_payment_method',
        'default_source',
        'description',
        'effective_at',
        'footer',
        'number',
        'statement_descriptor',
      ] as const
    )
      .filter((key) => update[key] !== undefined)
      .map((key) => [key, update[key]]),
  ) as Partial<Invoice>
  return {
    ...plain,
    ...advancing(before, update, time),
    ...(update.automatic_tax === undefined
      ? {}
      : { automatic_tax: { ...before.automatic_tax, enabled: update.automatic_tax.enabled } }),
    collection_method: method,
    due_date: isSent
      ? (update.due_date ??
        (update.days_until_due === undefined
          ? before.due_date
          : (before.status === 'draft' ? before.created : time.now) +
            update.days_until_due * 86_400))
      : null,
    metadata: mergeMetadata(before.metadata ?? {}, update.metadata),
    payment_settings: paymentSettingsFrom(before.payment_settings, update.payment_settings),
    rendering: renderingFrom(before.rendering, update.rendering),
  }
}

/** When it goes on by itself, as `auto_advance` and `automatically_finalizes_at` ask. */
function advancing(before: Invoice, update: InvoiceParameters, time: Time): Partial<Invoice> {
  const advances = update.auto_advance ?? before.auto_advance ?? false
  const isChanged = advances !== before.auto_advance
  const isCharged =
    (update.collection_method ?? before.collection_method) === 'charge_automatically'
  const soon = time.now + time.finalizeAfter
  if (before.status === 'open') {
    const next = advances ? soon : null
    return {
      auto_advance: advances,
      ...(isChanged && isCharged ? { next_payment_attempt: next } : {}),
    }
  }
  if (before.status !== 'draft') return {}
  const at =
    update.automatically_finalizes_at !== undefined
      ? update.automatically_finalizes_at
      : isChanged
        ? advances
          ? soon
          : null
        : before.automatically_finalizes_at
  return {
    auto_advance: advances,
    automatically_finalizes_at: at,
    next_payment_attempt: isCharged ? at : null,
  }
}

function reschedule(world: World, invoice: Invoice): Invoice {
  const { customer, id, status } = invoice
  if (status === 'open' && invoice.due_date !== null) {
    world.schedule(customer, { at: invoice.due_date, name: 'invoice.due', id })
  }
  if (status === 'open') {
    const next = invoice.next_payment_attempt
    if (next === null) world.unschedule(customer, 'invoice.collect', id)
    else world.schedule(customer, { at: next, name: 'invoice.collect', id })
  }
  if (status !== 'draft') return invoice
  const at = invoice.automatically_finalizes_at
  if (at === null) world.unschedule(customer, 'invoice.finalize', id)
  else world.schedule(customer, { at, name: 'invoice.finalize', id })
  return invoice
}
