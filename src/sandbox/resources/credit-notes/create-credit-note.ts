import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { CreditNote, Invoice } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { adjustBalance } from '../customers/adjust-balance.ts'
import { applyCredit } from '../invoices/apply-credit.ts'
import { createRefund } from '../refunds/create-refund.ts'
import { composeCreditNote } from './compose-credit-note.ts'
import type { CreditNoteInput } from './credit-note-input.ts'

/**
 * Issues a credit note (stripe-facts row 77): what remains of the invoice goes down first, the rest
 * is refunded, credited to the customer's balance, or given back elsewhere. Emits
 * `credit_note.created`, then what follows for the invoice.
 * @throws {StripeError} where it credits more than there is, or the refund is refused.
 */
export function createCreditNote(world: World, input: CreditNoteInput): CreditNote {
  const note = composeCreditNote(world, input)
  const invoice = world.must('invoice', note.invoice)
  const refund =
    input.refund_amount === undefined || input.refund_amount === 0
      ? undefined
      : createRefund(world, {
          charge: chargeOf(world, invoice),
          amount: input.refund_amount,
          reason: reasonFor(note.reason),
        })
  const credit = input.credit_amount ?? 0
  const entry =
    credit === 0
      ? undefined
      : adjustBalance(world, note.customer, {
          amount: -credit,
          type: 'credit_note',
          currency: note.currency,
          invoice: note.invoice,
          creditNote: note.id,
        })
  const issued = world.insert('credit_note', {
    ...note,
    customer_balance_transaction: entry?.id ?? null,
    refunds:
      refund === undefined
        ? note.refunds
        : [
            ...note.refunds,
            {
              amount_refunded: refund.amount,
              payment_record_refund: null,
              refund: refund.id,
              type: 'refund',
            },
          ],
  })
  world.emit('credit_note.created', issued)
  applyCredit(world, note.invoice, {
    before: note.pre_payment_amount,
    after: note.post_payment_amount,
  })
  return issued
}

/** The charge that paid an invoice: the latest of several. */
function chargeOf(world: World, invoice: Invoice): string {
  const payment = world
    .where('invoice_payment', 'invoice', invoice.id)
    .filter(({ status, payment }) => status === 'paid' && payment.type === 'payment_intent')
    .at(-1)
  const charge = world.get('payment_intent', payment?.payment.payment_intent)?.latest_charge
  if (charge === null || charge === undefined) {
    throw invalidRequest('This invoice was not paid by a charge that could be refunded.', {
      param: 'refund_amount',
    })
  }
  return charge
}

function reasonFor(reason: CreditNote['reason']) {
  return reason === 'duplicate' || reason === 'fraudulent' ? reason : 'requested_by_customer'
}
