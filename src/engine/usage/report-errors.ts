import { readSetting, writeSetting } from '../../store/statements/settings.ts'
import {
  readMeterErrors,
  refuseCounted,
  type MeterErrorRow,
} from '../../store/statements/usage-report-errors.ts'
import { isHash } from '../../stripe/json.ts'
import { readMeterErrorReport, type MeterErrorReport } from '../../stripe/meter-error.ts'
import { short, told, type ReportContext } from './report-send.ts'

/**
 * Hears what Stripe says of meter events it took and could not count. To hear it twice changes
 * nothing, so the place is moved on only past what can have no forerunner any more.
 */
export function createErrorHearing(context: ReportContext) {
  const { database, api, log } = context
  const heard = new Set<string>()

  /** null: Stripe could not be asked now. */
  async function reportOf(row: MeterErrorRow): Promise<MeterErrorReport | null> {
    const event: unknown = JSON.parse(Buffer.from(row.body).toString())
    const delivered = isHash(event) ? readMeterErrorReport(event) : null
    if (delivered !== null) return delivered
    const answer = await api.thinEvent(row.id, row)
    if (answer.kind === 'ok') return readMeterErrorReport(answer.value) ?? EMPTY
    log.warn({ event: row.id, message: answer.message }, 'an error report of a meter is not read')
    return answer.kind === 'refused' ? EMPTY : null
  }

  async function handle(row: MeterErrorRow): Promise<boolean> {
    const report = await reportOf(row)
    if (report === null) return false
    for (const { identifier, code, message } of report.samples) {
      const [, base = identifier, generation = '0'] = /^(.*)\.(\d+)$/.exec(identifier) ?? []
      const sent = { identifier: base, generation: Number(generation), code }
      const refused = await refuseCounted(database, row, { ...sent, message: short(message) })
      if (refused === null) continue
      log.warn({ ...told(refused), code, message }, 'Stripe took usage and does not count it')
    }
    const unnamed = report.errors - report.samples.length
    if (unnamed > 0) {
      const fields = { event: row.id, errors: report.errors, unnamed }
      log.error(fields, 'Stripe does not count usage and names only some of it: reconcile')
    }
    return true
  }

  return async function hearErrors(livemode: boolean): Promise<void> {
    const place = `usage_errors_${livemode ? 'live' : 'test'}`
    const after = Number((await readSetting(database, place)) ?? 0)
    let reached = after
    let isWhole = true
    for (const row of await readMeterErrors(database, after, livemode)) {
      if (!heard.has(row.id)) {
        if (!(await handle(row))) isWhole = false
        else heard.add(row.id)
      }
      if (isWhole && row.is_settled) {
        reached = Number(row.seq)
        heard.delete(row.id)
      }
    }
    if (reached > after) await writeSetting(database, place, reached)
  }
}

const EMPTY: MeterErrorReport = { errors: 0, samples: [] }
