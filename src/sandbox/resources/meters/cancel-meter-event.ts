import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { World } from '../../world/world.ts'
import { IDENTIFIER_SECONDS } from './meter-event.ts'

/**
 * Takes an accepted meter event back.
 * @throws {StripeError} where there is none of this name and identifier, or it came more than 24
 * hours ago (stripe-facts §5).
 */
export function cancelMeterEvent(world: World, eventName: string, identifier: string): void {
  const event = world
    .where('~meter_event', 'identifier', identifier)
    .findLast((record) => record.event_name === eventName && !record.canceled)
  if (event === undefined) {
    throw invalidRequest(`No meter event '${eventName}' with identifier '${identifier}' exists.`, {
      code: 'resource_missing',
      param: 'cancel[identifier]',
    })
  }
  if (world.now(event.customer) - event.received > IDENTIFIER_SECONDS) {
    throw invalidRequest(
      'A meter event can be canceled only within 24 hours of Stripe receiving it.',
      { param: 'cancel[identifier]' },
    )
  }
  world.patch('~meter_event', event.id, { canceled: true })
}
