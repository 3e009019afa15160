import type { FactType } from '../core/fact.ts'
import type { JsonHash } from './json.ts'
import { Fields } from './fields.ts'
import { isUsableId } from './object-id.ts'
import { ownerOf } from './reducers/owner.ts'

/** The key of a payload's object, or null where it has none that our tables can hold. */
export function identityOf(type: FactType, payload: JsonHash): string | null {
  const fields = new Fields(payload, type, [])
  // The summary has neither id nor version: there is one per customer (stripe-facts row 92).
  if (type === 'entitlement_summary') return ownerOf(fields)
  const id = Object.hasOwn(payload, 'id') ? payload['id'] : null
  if (isUsableId(id)) return id
  if (id !== null && id !== undefined && id !== '') return null
  return derivedId(type, fields)
}

/**
 * Early payloads had objects without ids: a customer held one subscription, and a charge at most
 * one dispute, so their owner names them.
 */
function derivedId(type: FactType, fields: Fields): string | null {
  const owner =
    type === 'subscription' ? ownerOf(fields) : type === 'dispute' ? fields.id('charge') : null
  return owner === null ? null : `${owner}#${type}`
}
