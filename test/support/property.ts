import fc from 'fast-check'
import { SEED } from './seeded.ts'

/**
 * Checks a property on `numRuns` random values; a failure prints the seed and the smallest value found.
 * `PROVISO_SEED` draws others.
 */
export function holds<Values extends [unknown, ...unknown[]]>(
  property: fc.IProperty<Values>,
  numRuns: number,
): void {
  fc.assert(property, { numRuns, seed: SEED })
}
