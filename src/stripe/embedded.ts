import type { FactType } from '../core/fact.ts'
import { isHash, type JsonHash } from './json.ts'

/** Lists in which a payload carries whole objects of which we keep facts too. */
const EMBEDDED: Partial<Record<FactType, { list: string; type: FactType; back: string }>> = {
  // Expanded by default until 2022-11-15 (stripe-facts §2.2).
  charge: { list: 'refunds', type: 'refund', back: 'charge' },
  payment_intent: { list: 'charges', type: 'charge', back: 'payment_intent' },
  // Only where expanded, as our own reads do: the join from invoice to money.
  invoice: { list: 'payments', type: 'invoice_payment', back: 'invoice' },
}

/**
 * The objects a payload embeds, each with the way back to its owner that the oldest payloads left
 * out because the place said it.
 */
export function embeddedObjects(
  type: FactType,
  payload: JsonHash,
  id: string,
): { type: FactType; payload: JsonHash }[] {
  const place = EMBEDDED[type]
  if (place === undefined || !Object.hasOwn(payload, place.list)) return []
  const list = payload[place.list]
  const entries: unknown = isHash(list) ? list['data'] : list
  if (!Array.isArray(entries)) return []
  return entries.filter(isHash).map((entry) => ({
    type: place.type,
    payload: { ...entry, [place.back]: entry[place.back] ?? id },
  }))
}
