import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Dispute } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { previousAttributes } from '../../world/previous-attributes.ts'
import { failRefund } from '../refunds/settle-refund.ts'
import { isWithdrawn, moveFunds } from './move-funds.ts'

/**
 * The bank decides. For an inquiry, `lost` closes it: nothing was taken. A lost dispute may still be
 * won, late: `charge.dispute.updated` and `…funds_reinstated` tell it (stripe-facts row 81).
 * @throws {StripeError} 400 where it is decided that way already, or won and now to be lost.
 */
export function resolveDispute(world: World, id: string, outcome: 'won' | 'lost'): Dispute {
  const dispute = world.must('dispute', id)
  if (dispute.status === outcome || dispute.status === 'won' || isClosedInquiry(dispute)) {
    throw invalidRequest(`This dispute is already closed: its status is ${dispute.status}.`)
  }
  const { customer } = world.must('charge', dispute.charge)
  world.unschedule(customer, 'dispute.past_due', id)
  world.unschedule(customer, 'dispute.decide', id)
  const isInquiry = dispute.status.startsWith('warning_')
  const isLate = dispute.status === 'lost'
  world.patch('dispute', id, { status: isInquiry ? 'warning_closed' : outcome })
  const givesBack = outcome === 'won' && isWithdrawn(dispute)
  if (givesBack) moveFunds(world, id, 'reinstated')
  const closed = world.must('dispute', id)
  if (isLate) {
    world.emit('charge.dispute.updated', closed, previousAttributes(dispute, closed))
  } else {
    world.emit('charge.dispute.closed', closed)
  }
  if (givesBack) world.emit('charge.dispute.funds_reinstated', closed)
  return closed
}

/** An inquiry becomes a chargeback and takes the money. */
export function escalateInquiry(world: World, id: string): Dispute {
  const before = world.must('dispute', id)
  const card = before.payment_method_details?.card
  world.patch('dispute', id, {
    status: 'needs_response',
    is_charge_refundable: false,
    evidence_details: {
      ...before.evidence_details,
      has_evidence: false,
      submission_count: 0,
      submission_method: 'not_submitted',
    },
    ...(card === undefined
      ? {}
      : {
          payment_method_details: {
            ...before.payment_method_details,
            card: { ...card, case_type: 'chargeback' as const, network_reason_code: '10.4' },
            type: 'card' as const,
          },
        }),
  })
  world.patch('charge', before.charge, { disputed: true })
  const after = moveFunds(world, id, 'withdrawn')
  world.emit('charge.dispute.updated', after, previousAttributes(before, after))
  world.emit('charge.dispute.funds_withdrawn', after)
  failPendingRefunds(world, before.charge)
  return after
}

/** The bank has taken all: a refund still on its way cannot be paid too (stripe-facts row 76). */
function failPendingRefunds(world: World, charge: string): void {
  for (const refund of world.where('refund', 'charge', charge)) {
    if (refund.status !== 'pending') continue
    world.unschedule(refund.customer, 'refund.settle', refund.id)
    failRefund(world, refund.id, 'charge_for_pending_refund_disputed')
  }
}

export function isClosedInquiry({ status }: Dispute): boolean {
  return status === 'warning_closed' || status === 'prevented'
}

/** Job `dispute.past_due`: nobody answered in time. */
export function passDue(world: World, id: string): void {
  const dispute = world.get('dispute', id)
  if (dispute === undefined) return
  if (dispute.status !== 'needs_response' && dispute.status !== 'warning_needs_response') return
  world.patch('dispute', id, {
    evidence_details: { ...dispute.evidence_details, past_due: true },
  })
  resolveDispute(world, id, 'lost')
}
