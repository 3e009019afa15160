import type { ChangeRow } from '../../store/statements/changes-feed.ts'
import type { Change } from '../engine.ts'

/** A row of the feed as the faces show it. Positions stay far below 2⁵³. */
export function toChange(row: ChangeRow): Change {
  const position = Number(row.position)
  return {
    id: `chg_${position}`,
    position,
    account: row.account,
    livemode: row.livemode,
    customer: row.customer,
    feature: row.feature,
    before: row.before,
    after: row.after,
    cause: row.cause,
    observations: row.observations,
    decidedAt: Number(row.decided_at),
  }
}
