import type { Setting } from '../../../test/gauntlet/live/contestant.ts'
import { productOf, type Bought } from './product-of.ts'

/** Unix seconds at which something bought once ends: a pass after its days, anything else never. */
export function passEnd(setting: Setting, item: Bought, paidAt: number): number | null {
  const days = productOf(setting, item)?.duration?.days
  return days === undefined ? null : paidAt + days * 86_400
}
