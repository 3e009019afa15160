import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Invoice } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { changeCustomer } from '../customers/change-customer.ts'

type Reason = NonNullable<NonNullable<Invoice['status_details']>['uncollectible']>['reason']

/**
 * Gives an open invoice up; it may still be paid or voided (stripe-facts row 84).
 * @throws {StripeError} where it is not open.
 */
export function markUncollectible(
  world: World,
  id: string,
  reason: NonNullable<Reason> = 'user_forgiven',
): Invoice {
  const before = world.must('invoice', id)
  const customerId = before.customer ?? ''
  if (before.status !== 'open') {
    throw invalidRequest(
      `You can only mark open invoices as uncollectible. This invoice is ${before.status ?? 'draft'}.`,
      { code: 'invoice_not_editable' },
    )
  }
  world.unschedule(customerId, 'invoice.collect', id)
  world.unschedule(customerId, 'invoice.due', id)
  const given = world.patch('invoice', id, {
    auto_advance: false,
    next_payment_attempt: null,
    status: 'uncollectible',
    status_details: { uncollectible: { reason } },
    status_transitions: {
      ...before.status_transitions,
      marked_uncollectible_at: world.now(customerId),
    },
  })
  world.emit('invoice.marked_uncollectible', given)
  // "If an invoice becomes uncollectible by dunning, `delinquent` doesn't reset to `false`" (SDK).
  if (reason !== 'max_payment_attempts' && world.get('customer', customerId)?.delinquent === true) {
    changeCustomer(world, customerId, { delinquent: false })
  }
  world.signal('invoice.marked_uncollectible', { id })
  return world.must('invoice', id)
}
