/** Stripe documents ids of up to 255 characters (plan and product ids may be the user's own words). */
const USABLE_ID = /^[^\p{Control}\p{Surrogate}]{1,255}$/u

/** True where the value can be a key of our tables: 1 to 255 printable characters. */
export function isUsableId(value: unknown): value is string {
  return typeof value === 'string' && USABLE_ID.test(value)
}
