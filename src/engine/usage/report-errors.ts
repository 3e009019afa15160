import { readSetting, writeSetting } from '../../store/statements/settings.ts'
import {
  readMeterErrors,
  refuseCounted,
  type MeterErrorRow,
} from '../../store/statements/usage-report-errors.ts'
import { isHash } from '../../stripe/json.ts'
import { readMeterErrorReport, type MeterErrorReport } from '../../stripe/meter-error.ts'
import { short, told, type ReportContext } from './report-send.ts'

const ROWS = 100
/** Unanswered questions after which no more are asked for a while: the key may not, or Stripe cannot. */
const MOST_UNANSWERED = 3
const QUIET_MS = 60_000

/**
 * Hears what Stripe says of meter events it took and could not count. To hear it twice changes
 * nothing, so the place is moved on only past what can have no forerunner any more.
 */
export function createErrorHearing(context: ReportContext) {
  const { database, api, log } = context
  const heard = new Set<string>()
  const quietUntil = new Map<boolean, number>()

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
      const refused = await refuseCounted(database, row, {
        ...{ identifier: base, generation: Number(generation), code, message: short(message) },
        doubt: short(
          `Stripe does not count one of several attempts to send it (${code}: ${message}): whether another counts cannot be told. Compare the two, and retry it by its identifier if none does.`,
        ),
      })
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

  /** Hears no more than the time allows for: what is not heard comes next time. */
  return async function hearErrors(livemode: boolean, mayGoOn: () => boolean): Promise<void> {
    if (Date.now() < (quietUntil.get(livemode) ?? 0)) return
    const place = `usage_errors_${livemode ? 'live' : 'test'}`
    const begin = Number((await readSetting(database, place)) ?? 0)
    let reached = begin
    let after: number | null = begin
    let unanswered = 0
    const isPatient = () => unanswered < MOST_UNANSWERED && mayGoOn()
    while (after !== null && isPatient()) {
      const rows: MeterErrorRow[] = await readMeterErrors(database, {
        ...{ after, livemode },
        limit: ROWS,
      })
      for (const row of rows) {
        if (!isPatient()) break
        if (!heard.has(row.id)) {
          if (await handle(row)) heard.add(row.id)
          else unanswered += 1
        }
        if (unanswered === 0 && row.is_settled) {
          reached = Number(row.seq)
          heard.delete(row.id)
        }
      }
      after = rows.length < ROWS ? null : Number(rows.at(-1)?.seq)
    }
    if (unanswered > 0) quietUntil.set(livemode, Date.now() + QUIET_MS)
    if (reached > begin) await writeSetting(database, place, reached)
  }
}

const EMPTY: MeterErrorReport = { errors: 0, samples: [] }
