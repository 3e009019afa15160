import type { Catalog } from '../core/compile-catalog.ts'
import { readSetting } from '../store/statements/settings.ts'
import type { EngineOptions } from './engine-options.ts'
import type { OutageOptions } from './hold-setting.ts'

/** Seconds: a service that stays beats every few of them, a cron may come once a day. */
const RESIDENT = 900
const SERVERLESS = 93_600

/** What counts as an outage: a command beside a service takes what that service last ran with. */
export async function readOutageOptions(
  { database, mode, outageAfterSeconds }: EngineOptions,
  { policy }: Catalog,
): Promise<OutageOptions> {
  const holdHours = policy.outageHoldHours
  if (outageAfterSeconds !== undefined) return { outageAfter: outageAfterSeconds, holdHours }
  if (mode !== 'command') {
    return { outageAfter: mode === 'serverless' ? SERVERLESS : RESIDENT, holdHours }
  }
  const served = await readSetting(database, 'outage_after')
  return { outageAfter: typeof served === 'number' ? served : SERVERLESS, holdHours }
}
