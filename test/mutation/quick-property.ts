import fc from 'fast-check'

/** A property on this many values at most: with thousands of mutants, each value counts. */
const MOST = 25

/** Stands in for `test/support/property.ts` inside the bundle. */
export function holds<Values extends [unknown, ...unknown[]]>(
  property: fc.IProperty<Values>,
  numRuns: number,
): void {
  fc.assert(property, { numRuns: Math.min(numRuns, MOST), seed: 1, endOnFailure: true })
}
