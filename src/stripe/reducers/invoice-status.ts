import type { Fields } from '../fields.ts'

/**
 * `status` came in 2018-11; before, booleans said it. `closed` only stopped the automatic
 * collection (its successor is `auto_advance: false`), so a closed unpaid invoice is open, not void.
 */
export function invoiceStatus(fields: Fields): string {
  const status = fields.text('status')
  if (status !== null || fields.has('status')) return status ?? ''
  const paid = fields.flag('paid')
  // Neither form: `requiredText` names the field whose absence makes the invoice unreadable.
  if (paid === null) return fields.requiredText('status')
  if (paid) return 'paid'
  if (fields.flag('forgiven') === true) return 'uncollectible'
  const isTouched =
    fields.flag('closed') === true ||
    fields.flag('attempted') === true ||
    (fields.integer('attempt_count') ?? 0) > 0 ||
    fields.text('billing') === 'send_invoice'
  return isTouched ? 'open' : 'draft'
}
