import type { NeedType } from '../core/decision.ts'
import type { FactType } from '../core/fact.ts'
import { identityOf } from './identity.ts'
import { isHash, type JsonHash } from './json.ts'
import { isUsableId } from './object-id.ts'
import { factTypeOfObject } from './object-name.ts'
import type { Observation, Reduction } from './observation.ts'
import { absentSnapshot, takeSnapshots, unreadableObject, type Evidence } from './snapshot.ts'

/** What we ask Stripe for; every need is a fact type of the same name. */
const NEED_TYPES: Readonly<Record<NeedType, true>> = {
  checkout_session: true,
  subscription: true,
  invoice: true,
  payment_intent: true,
  charge: true,
  customer: true,
  entitlement_summary: true,
  refund: true,
  dispute: true,
}

export function reduceRead(observation: Observation): Reduction {
  const body = isHash(observation.body) ? observation.body : {}
  const { type, id, requested_at: requestedAt, result } = body
  if (!isNeedType(type) || !isUsableId(id) || result === undefined) {
    return unreadableObject(`${observation.id}: the read names no type, id and result`)
  }
  const evidence: Evidence = {
    observation: observation.id,
    origin: 'read',
    eventType: 'read',
    at: Number.isSafeInteger(requestedAt) ? (requestedAt as number) : observation.created,
    request: null,
  }
  if (result === null) return absentSnapshot(type, id, evidence)
  if (!isHash(result) || answeredType(result) !== type || identityOf(type, result) !== id)
    return unreadableObject(`${observation.id}: the answer is not ${type} ${id}`)
  return takeSnapshots(type, result, null, evidence)
}

function isNeedType(type: unknown): type is NeedType {
  return typeof type === 'string' && Object.hasOwn(NEED_TYPES, type)
}

/** A customer's active entitlements come as a bare list, which our reader wraps. */
function answeredType(result: JsonHash): FactType | undefined {
  const name = result['object']
  return name === 'proviso.entitlements' ? 'entitlement_summary' : factTypeOfObject(name)
}
