import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Dispute } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { previousAttributes } from '../../world/previous-attributes.ts'
import { escalateInquiry, resolveDispute } from './resolve-dispute.ts'

/** Texts that decide a test dispute (docs.stripe.com/testing, "Evidence"). */
const DECISIVE = ['winning_evidence', 'losing_evidence', 'escalate_inquiry_evidence']

/** Seconds the bank thinks about a decisive text. */
const DECIDES_IN = 1

/**
 * Adds evidence, and hands it in unless it is to wait. Emits charge.dispute.updated.
 * @throws {StripeError} 400 where the dispute can no longer be answered.
 */
export function answerDispute(
  world: World,
  id: string,
  change: {
    readonly evidence?: Partial<Dispute['evidence']> | undefined
    readonly metadata: Readonly<Record<string, string>>
    readonly submit: boolean
  },
): Dispute {
  const before = world.must('dispute', id)
  const { status } = before
  const open = status === 'needs_response' || status === 'warning_needs_response'
  if (change.evidence !== undefined && !open) {
    throw invalidRequest(
      `Evidence of this dispute can no longer be changed: its status is ${status}.`,
      { code: 'status_transition_invalid' },
    )
  }
  const submitted = change.evidence !== undefined && change.submit
  const after = world.patch('dispute', id, {
    metadata: change.metadata,
    ...(change.evidence === undefined
      ? {}
      : { evidence: { ...before.evidence, ...change.evidence } }),
    ...(submitted
      ? { status: status === 'needs_response' ? 'under_review' : 'warning_under_review' }
      : {}),
    evidence_details: {
      ...before.evidence_details,
      has_evidence: before.evidence_details.has_evidence || change.evidence !== undefined,
      ...(submitted
        ? {
            submission_count: before.evidence_details.submission_count + 1,
            submission_method: 'manual' as const,
          }
        : {}),
    },
  })
  const previous = previousAttributes(before, after)
  if (previous !== undefined) world.emit('charge.dispute.updated', after, previous)
  if (submitted && DECISIVE.includes(after.evidence.uncategorized_text ?? '')) {
    const { customer } = world.must('charge', after.charge)
    world.schedule(customer, {
      at: world.now(customer) + DECIDES_IN,
      name: 'dispute.decide',
      id,
    })
  }
  return after
}

/** Job `dispute.decide`: the bank has read a decisive text. */
export function decideDispute(world: World, id: string): void {
  const dispute = world.get('dispute', id)
  if (dispute === undefined || !dispute.status.endsWith('under_review')) return
  const isInquiry = dispute.status === 'warning_under_review'
  switch (dispute.evidence.uncategorized_text) {
    case 'winning_evidence':
      resolveDispute(world, id, 'won')
      break
    case 'losing_evidence':
      resolveDispute(world, id, 'lost')
      break
    case 'escalate_inquiry_evidence':
      if (isInquiry) escalateInquiry(world, id)
      break
    default:
  }
}
