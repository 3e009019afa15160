import type { SetupIntent } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { refuseEnded } from './setup-intent-state.ts'

/**
 * Gives a setup up.
 * @throws {StripeError} 400 where it has ended.
 */
export function cancelSetup(
  world: World,
  id: string,
  reason: SetupIntent['cancellation_reason'],
): SetupIntent {
  refuseEnded(world.must('setup_intent', id), 'cancel')
  const canceled = world.patch('setup_intent', id, {
    status: 'canceled',
    cancellation_reason: reason,
    next_action: null,
  })
  world.emit('setup_intent.canceled', canceled)
  world.signal('setup_intent.settled', { id, outcome: 'canceled' })
  return world.must('setup_intent', id)
}
