import { COLLECTION_PAUSES } from './changes-collection-pauses.ts'
import { ENDS } from './changes-ends.ts'
import { PAUSES } from './changes-pauses.ts'
import { RESUMPTIONS } from './changes-resumptions.ts'
import { SCHEDULE_ENDS } from './changes-schedule-ends.ts'
import { SCHEDULES } from './changes-schedules.ts'
import type { Scenario } from './scenario.ts'

export const CHANGES: readonly Scenario[] = [
  ...ENDS,
  ...COLLECTION_PAUSES,
  ...PAUSES,
  ...RESUMPTIONS,
  ...SCHEDULES,
  ...SCHEDULE_ENDS,
]
