import { isHash } from './json.ts'
import type { Observation, Reduction } from './observation.ts'
import { takeSnapshots, unreadableObject } from './snapshot.ts'

export function reduceManual(observation: Observation): Reduction {
  const body = observation.body
  if (!isHash(body) || body['object'] !== 'proviso.manual') {
    return unreadableObject(`${observation.id}: the body is not a manual act`)
  }
  return takeSnapshots('manual_grant', body, null, {
    observation: observation.id,
    origin: 'manual',
    eventType: 'manual',
    at: observation.created,
    request: null,
  })
}
