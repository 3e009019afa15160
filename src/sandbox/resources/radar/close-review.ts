import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Review } from '../../tables.ts'
import type { World } from '../../world/world.ts'

/**
 * Somebody approved the payment, or what became of it settles the question. Emits review.closed.
 * @throws {StripeError} 400 where it is closed already.
 */
export function closeReview(
  world: World,
  id: string,
  reason: NonNullable<Review['closed_reason']>,
): Review {
  const { open, reason: before } = world.must('review', id)
  if (!open) throw invalidRequest(`This review is closed already: its reason is ${before}.`)
  const closed = world.patch('review', id, { closed_reason: reason, open: false, reason })
  world.emit('review.closed', closed)
  return closed
}

/** Closes the review of a charge, if it has an open one. */
export function closeReviewOf(
  world: World,
  charge: string,
  reason: NonNullable<Review['closed_reason']>,
): void {
  for (const { id, open } of world.where('review', 'charge', charge)) {
    if (open) closeReview(world, id, reason)
  }
}
