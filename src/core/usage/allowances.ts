import type { FeatureDefinition } from '../catalog.ts'
import type { Grant } from '../decision.ts'
import type { Allowance } from './ledger.ts'

/**
 * What the verdict gives of one feature at a second: the allowances that are under way, those that
 * usage may still come late for, and those that were taken back. Nothing is spent of them.
 * @param grants of this feature, allowed or not
 */
export function allowancesAt(
  feature: FeatureDefinition,
  grants: readonly Grant[],
  now: number,
): Allowance[] {
  void feature
  void grants
  void now
  return []
}
