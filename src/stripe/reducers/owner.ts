import type { Fields } from '../fields.ts'

/** Accounts v2 payloads leave `customer` null and set `customer_account` (stripe-facts row 98). */
export function ownerOf(fields: Fields): string | null {
  return fields.id('customer') ?? fields.id('customer_account')
}

/** Ids where order has no meaning: each once, sorted, so that equal sets are equal states. */
export function idSet(ids: readonly (string | null)[]): string[] {
  return [...new Set(ids.filter((id) => id !== null))].sort()
}
