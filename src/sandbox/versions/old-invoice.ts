import { isBefore } from '../protocol/versions.ts'
import type { World } from '../world/world.ts'
import { wholeDiscount } from './old-catalogue.ts'
import { arrayOf, counted, fieldsOf, idOf, without, type OldShape } from './old-shape.ts'
import { oldTaxAmounts } from './old-taxes.ts'

/** Everything that basil moved off the invoice (stripe-facts §2.2, §2.3). */
export const oldInvoice: OldShape = ({ world, version }, invoice) => {
  const parent = fieldsOf(invoice['parent'])
  const subscription = fieldsOf(parent['subscription_details'])
  const payment = paymentOf(world, idOf(invoice))
  const taxes = oldTaxAmounts(invoice['total_taxes'])
  const offStripe = Number(invoice['amount_paid_off_stripe'] ?? 0)
  const isOutOfBand = offStripe > 0 || (payment?.payment_record ?? null) !== null
  return {
    ...without(
      invoice,
      'amount_overpaid',
      'amount_paid_off_stripe',
      'automatically_finalizes_at',
      'confirmation_secret',
      'customer_account',
      'parent',
      'payments',
      'status_details',
      'threshold_reason',
      'total_pretax_credit_amounts',
      'total_taxes',
    ),
    // Since basil it counts what was paid elsewhere (stripe-facts row 85).
    amount_paid: Number(invoice['amount_paid']) - offStripe,
    application_fee_amount: null,
    charge: world.get('payment_intent', payment?.payment_intent)?.latest_charge ?? null,
    discount: wholeDiscount(world, arrayOf(invoice['discounts'])),
    lines: counted(invoice['lines'], lineCount(world, idOf(invoice))),
    paid: invoice['status'] === 'paid',
    paid_out_of_band: invoice['status'] === 'paid' && isOutOfBand,
    payment_intent: payment?.payment_intent ?? null,
    quote: fieldsOf(parent['quote_details'])['quote'] ?? null,
    ...(isBefore(version, '2024-04-10') ? { rendering_options: null } : {}),
    subscription: subscription['subscription'] ?? null,
    subscription_details: { metadata: subscription['metadata'] ?? null },
    tax: taxes.length === 0 ? null : taxes.reduce((sum, tax) => sum + Number(tax['amount']), 0),
    total_tax_amounts: taxes,
    transfer_data: null,
  }
}

function paymentOf(world: World, invoice: string | null) {
  if (invoice === null) return undefined
  const payments = world.where('invoice_payment', 'invoice', invoice)
  const payment = payments.find(({ is_default: isDefault }) => isDefault) ?? payments.at(-1)
  return payment?.payment as
    { readonly payment_intent?: string; readonly payment_record?: string } | undefined
}

/** Undefined where the embedded page is all we can know: previews, and invoices deleted since. */
function lineCount(world: World, invoice: string | null): number | undefined {
  const lines = invoice === null ? [] : world.where('line_item', 'invoice', invoice)
  return lines.length === 0 ? undefined : lines.length
}

export const oldCreditNote: OldShape = (_, note) => ({
  ...without(
    note,
    'customer_account',
    'post_payment_amount',
    'pre_payment_amount',
    'pretax_credit_amounts',
    'refunds',
    'total_taxes',
  ),
  refund: fieldsOf(arrayOf(note['refunds'])[0])['refund'] ?? null,
  tax_amounts: oldTaxAmounts(note['total_taxes']),
})
