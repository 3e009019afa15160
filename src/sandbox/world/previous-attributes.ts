import type { Json } from '../wire.ts'

type Fields = Readonly<Record<string, Json | undefined>>

/**
 * What an `*.updated` event tells of the state before it: old values of the fields that changed,
 * hashes field by field, arrays and lists whole, and null for what was not there
 * (stripe-facts §3, "Event object"; row 53).
 */
export function previousAttributes(before: object, after: object): Fields | undefined {
  return difference(before as Fields, after as Fields)
}

function difference(before: Fields, after: Fields): Fields | undefined {
  const changed: Record<string, Json | undefined> = {}
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const old = before[key]
    const now = after[key]
    if (old === now || sameJson(old, now)) continue
    if (isHash(old) && isHash(now) && key !== 'items') {
      changed[key] = difference(old, now)
    } else if (isHash(old) && Array.isArray(old['data'])) {
      changed[key] = { data: old['data'] as Json }
    } else {
      changed[key] = old ?? null
    }
  }
  return Object.keys(changed).length === 0 ? undefined : changed
}

function isHash(value: Json | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const left = a as Fields
  const right = b as Fields
  const keys = Object.keys(left)
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => sameJson(left[key], right[key]))
  )
}
