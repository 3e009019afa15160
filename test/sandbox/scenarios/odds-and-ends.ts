import type { Scenario } from './scenario.ts'

export const ODDS_AND_ENDS: readonly Scenario[] = []
