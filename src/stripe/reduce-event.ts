import { isHash, storableText, type JsonHash } from './json.ts'
import { factTypeOfObject, isFactEvent } from './object-name.ts'
import type { Observation, Reduction } from './observation.ts'
import { previousAttributes } from './pre-image.ts'
import { NOTHING, takeSnapshots, unreadableObject } from './snapshot.ts'

export function reduceEvent(observation: Observation): Reduction {
  // A preview of an invoice that does not exist yet: no id, or one that is never used again.
  if (observation.type === 'invoice.upcoming') return NOTHING
  const body = isHash(observation.body) ? observation.body : {}
  const data = Object.hasOwn(body, 'data') && isHash(body['data']) ? body['data'] : {}
  const payload = Object.hasOwn(data, 'object') ? data['object'] : null
  if (!isHash(payload) || typeof payload['object'] !== 'string') {
    if (!isFactEvent(observation.type)) return NOTHING
    return unreadableObject(
      `${observation.id} (${observation.type}): data.object is not a Stripe object`,
    )
  }
  const type = factTypeOfObject(payload['object'])
  if (type === undefined) return NOTHING
  return takeSnapshots(type, payload, previousAttributes(data), {
    observation: observation.id,
    origin: 'event',
    eventType: observation.type,
    at: observation.created,
    request: requestOf(body),
  })
}

/** A string until 2017-05-25, then an object; null where Stripe acted on its own (stripe-facts §3). */
function requestOf(body: JsonHash): string | null {
  const request = Object.hasOwn(body, 'request') ? body['request'] : null
  const id = isHash(request) ? request['id'] : request
  return typeof id === 'string' && id !== '' ? storableText(id) : null
}
