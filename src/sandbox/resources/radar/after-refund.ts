import type { World } from '../../world/world.ts'
import { closeReviewOf } from './close-review.ts'

/**
 * What a refund answers: the review of its charge, and, once nothing is left to refund, the warning
 * of fraud ("actionable if it has not received a dispute and has not been fully refunded", SDK).
 */
export function afterRefund(world: World, charge: string, isFraud: boolean): void {
  closeReviewOf(world, charge, isFraud ? 'refunded_as_fraud' : 'refunded')
  if (world.must('charge', charge).refunded) disarmWarnings(world, charge)
}

export function disarmWarnings(world: World, charge: string): void {
  for (const { id, actionable } of world.where('radar.early_fraud_warning', 'charge', charge)) {
    if (!actionable) continue
    world.change(
      'radar.early_fraud_warning',
      id,
      { actionable: false },
      'radar.early_fraud_warning.updated',
    )
  }
}
