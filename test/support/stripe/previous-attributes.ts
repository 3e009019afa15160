import type { Json } from './event.ts'

/**
 * What Stripe puts in `data.previous_attributes`: hashes are compared key by key (a key that was not
 * there before is null), arrays are given whole (stripe-facts §3, "Event object").
 */
export function previousAttributes(before: Json, after: Json): Json {
  const previous: Json = {}
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const was = before[key] ?? null
    const is = after[key] ?? null
    if (JSON.stringify(was) === JSON.stringify(is)) continue
    previous[key] = isHash(was) && isHash(is) ? previousAttributes(was, is) : was
  }
  return previous
}

function isHash(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
