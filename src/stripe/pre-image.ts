import { isHash, type JsonHash } from './json.ts'

/** Stripe nests far less; beyond it a hash is taken whole, so that no payload can exhaust the stack. */
const MAX_DEPTH = 32

/** The event's `previous_attributes`, or null where it carries none that say anything. */
export function previousAttributes(data: JsonHash): JsonHash | null {
  const previous = Object.hasOwn(data, 'previous_attributes') ? data['previous_attributes'] : null
  return isHash(previous) && Object.keys(previous).length > 0 ? previous : null
}

/**
 * The object as it was before the event: hashes merge key by key, everything else (arrays too,
 * which Stripe gives whole: stripe-facts row 53) replaces. A key that was absent is given as null.
 */
export function preImage(current: JsonHash, previous: JsonHash, depth = 0): JsonHash {
  const merged: Record<string, unknown> = { ...current }
  for (const [key, before] of Object.entries(previous)) {
    if (key === '__proto__') continue
    const now = Object.hasOwn(current, key) ? current[key] : undefined
    const canMerge = depth < MAX_DEPTH && isHash(before) && isHash(now)
    merged[key] = canMerge ? preImage(now, before, depth + 1) : before
  }
  return merged
}
