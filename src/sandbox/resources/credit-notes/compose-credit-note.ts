import { inParameter } from '../../protocol/find.ts'
import { mergeMetadata } from '../../protocol/parameters.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { CreditNote, Invoice } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { creditLines, lineTotal, type CreditLine } from './credit-lines.ts'
import type { CreditNoteInput } from './credit-note-input.ts'

/**
 * A credit note as it would be, without its refund or balance entry. It lowers what remains of the
 * invoice first; the rest has to go somewhere ("must equal the post_payment_amount", SDK).
 * @throws {StripeError} where it credits more than there is, or the parts do not add up.
 */
export function composeCreditNote(world: World, input: CreditNoteInput): CreditNote {
  const invoice = inParameter(world, 'invoice', input.invoice, 'invoice')
  if (invoice.status !== 'open' && invoice.status !== 'paid') {
    throw invalidRequest(
      'You can only create a credit note for an open or paid invoice: finalize it first.',
      { code: 'invoice_not_editable', param: 'invoice' },
    )
  }
  const lines = creditLines(world, invoice, input)
  const total = lines.reduce((sum, line) => sum + lineTotal(line), 0)
  refuseAmount(world, invoice, input, total)
  const before = Math.min(total, invoice.amount_remaining)
  const after = total - before
  const linked = refundsOf(world, input)
  refuseParts(input, linked, after, invoice.currency)
  const sums = sumsOf(lines)
  const now = world.now(invoice.customer)
  const id = world.id('cn')
  const count = world.where('credit_note', 'invoice', invoice.id).length + 1
  const number = `${invoice.number ?? ''}-CN-${String(count).padStart(2, '0')}`
  return {
    id,
    object: 'credit_note',
    amount: total,
    amount_shipping: 0,
    created: now,
    currency: invoice.currency,
    customer: invoice.customer ?? '',
    customer_account: null,
    customer_balance_transaction: null,
    ...sums,
    effective_at: input.effective_at ?? now,
    invoice: invoice.id,
    // Whole: credit notes are short, and their lines are stored nowhere else.
    lines: { object: 'list', data: lines, has_more: false, url: `/v1/credit_notes/${id}/lines` },
    livemode: false,
    memo: input.memo ?? null,
    metadata: mergeMetadata({}, input.metadata),
    number,
    out_of_band_amount: input.out_of_band_amount ?? null,
    pdf: `https://pay.stripe.com/credit_notes/acct_sandbox/test_${id}/pdf?s=ap`,
    post_payment_amount: after,
    pre_payment_amount: before,
    reason: input.reason ?? null,
    refunds: linked,
    shipping_cost: null,
    status: 'issued',
    type: after === 0 ? 'pre_payment' : before === 0 ? 'post_payment' : 'mixed',
    voided_at: null,
  }
}

function sumsOf(lines: readonly CreditLine[]) {
  const add = (of: (line: CreditLine) => number) => lines.reduce((sum, line) => sum + of(line), 0)
  const taxes = lines.flatMap((line) => line.taxes ?? [])
  const inclusive = taxes
    .filter((tax) => tax.tax_behavior === 'inclusive')
    .reduce((sum, tax) => sum + tax.amount, 0)
  const shares = lines.flatMap((line) => line.discount_amounts)
  const subtotal = add((line) => line.amount)
  const discount = add((line) => line.discount_amount)
  return {
    discount_amount: discount,
    discount_amounts: shares,
    pretax_credit_amounts: shares.map((share) => ({ ...share, type: 'discount' as const })),
    subtotal,
    subtotal_excluding_tax: subtotal - inclusive,
    total: add(lineTotal),
    total_excluding_tax: subtotal - discount - inclusive,
    total_taxes: taxes,
  }
}

function refundsOf(world: World, input: CreditNoteInput): CreditNote['refunds'] {
  return (input.refunds ?? []).map(({ refund: id, amount_refunded: amount }, at) => {
    const refund = inParameter(world, 'refund', id, `refunds[${String(at)}][refund]`)
    return {
      amount_refunded: amount ?? refund.amount,
      payment_record_refund: null,
      refund: refund.id,
      type: 'refund',
    }
  })
}

function refuseAmount(world: World, invoice: Invoice, input: CreditNoteInput, total: number): void {
  if (input.amount !== undefined && input.amount !== total) {
    throw invalidRequest('The `amount` must equal the total of the `lines`.', { param: 'amount' })
  }
  if (total <= 0) {
    throw invalidRequest('A credit note must credit a positive amount.', { param: 'amount' })
  }
  const credited = world
    .where('credit_note', 'invoice', invoice.id)
    .filter((note) => note.status === 'issued')
    .reduce((sum, note) => sum + note.total, 0)
  if (credited + total > invoice.total) {
    throw invalidRequest(
      `The credit notes of this invoice would come to ${String(credited + total)}, which is more than its total of ${String(invoice.total)}.`,
      { param: input.amount === undefined ? 'lines' : 'amount' },
    )
  }
}

function refuseParts(
  input: CreditNoteInput,
  refunds: CreditNote['refunds'],
  after: number,
  currency: string,
): void {
  const { refund_amount: refund = 0, credit_amount: credit = 0 } = input
  const linked = refunds.reduce((sum, { amount_refunded: amount }) => sum + amount, 0)
  const sum = refund + credit + (input.out_of_band_amount ?? 0) + linked
  if (sum === after) return
  throw invalidRequest(
    `The sum of refund amount, credit amount and out of band amount (${String(sum)} ${currency}) must equal the post-payment credit note amount (${String(after)} ${currency}).`,
  )
}
