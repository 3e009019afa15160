import type { Observation } from '../../../src/stripe/observation.ts'
import { type Body, isEvent } from './event.ts'

/** A body as the raw row that intake or a read would have made of it. */
export function toObservation(body: Body): Observation {
  if (isEvent(body)) {
    return { kind: 'event', id: body.id, type: body.type, created: body.created, body }
  }
  const id = `read_${body.id}_${String(body.requested_at)}`
  return { kind: 'read', id, type: body.type, created: body.requested_at, body }
}
