import { violationAt } from './violation.ts'
import type { Violation } from './violation.ts'

/** Names of the few numbers of Stripe's that may have a fraction. */
const FRACTIONAL =
  /percent|exchange_rate|aggregated_value|score|multiplier|latitude|longitude|package_dimensions/

/**
 * TypeScript cannot tell amounts and seconds from other numbers; Stripe's JSON has both as whole
 * numbers, and writes what may have a fraction as a string (`unit_amount_decimal`).
 */
export function validateWholeNumbers(root: unknown): Violation[] {
  const violations: Violation[] = []
  function visit(value: unknown, keys: (string | number)[]): void {
    if (typeof value === 'number' && !Number.isInteger(value)) {
      if (!FRACTIONAL.test(keys.join('.'))) {
        violations.push(violationAt(root, keys, 'a whole number'))
      }
    } else if (Array.isArray(value)) {
      value.forEach((item, index) => visit(item, [...keys, index]))
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, item] of Object.entries(value)) visit(item, [...keys, key])
    }
  }
  visit(root, [])
  return violations
}
