import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { CreditNote } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { applyCredit } from '../invoices/apply-credit.ts'

/**
 * Takes a credit note back: the invoice owes again what it had lowered.
 * @throws {StripeError} where it is void, or its invoice is no longer open.
 */
export function voidCreditNote(world: World, id: string): CreditNote {
  const note = world.must('credit_note', id)
  if (note.status === 'void') throw invalidRequest('This credit note is already void.')
  if (world.must('invoice', note.invoice).status !== 'open' || note.post_payment_amount > 0) {
    throw invalidRequest('You can only void a credit note while its invoice is open.')
  }
  const voided = world.patch('credit_note', id, {
    status: 'void',
    voided_at: world.now(note.customer),
  })
  world.emit('credit_note.voided', voided)
  applyCredit(world, note.invoice, { before: -note.pre_payment_amount, after: 0 })
  return voided
}
