import type { Catalog } from '../../core/compile-catalog.ts'
import { DAY, formatSecond } from '../../core/calendar.ts'
import { LATE_SECONDS } from '../../core/usage/ledger.ts'
import type { Log } from '../../log.ts'
import { sqlState } from '../../store/connection-errors.ts'
import type { Database } from '../../store/database.ts'
import {
  acceptReport,
  beginReport,
  postponeReport,
  repeatReport,
  settleReport,
  type ReportRow,
} from '../../store/statements/usage-reports.ts'
import type { Meter, MeterApi, MeterResult } from '../../stripe/meter-api.ts'
import type { HoldReader } from '../hold-setting.ts'
import { findPayer } from './report-payer.ts'

export interface ReportContext {
  database: Database
  catalog: Catalog
  readHold: HoldReader
  api: MeterApi
  log: Log
  /** Unix seconds, by Stripe's clock as near as we know it. */
  now: () => Promise<number>
}

/** Longer than any request takes, so that no one else sends it meanwhile. */
export const LEASE_SECONDS = 60
/** Reports sent under one identifier again and again count once for 24 hours (stripe-facts §5). */
export const DEDUPE_SECONDS = DAY
/** The last repetition is an hour before that, so that a summary has taken it in when it is asked. */
const REPEATED_SECONDS = DEDUPE_SECONDS - 3600
/** The edge of 35 days is Stripe's to judge by its own clock: a minute before it we call it late. */
const LATE_MARGIN_SECONDS = 60
const MAX_RETRY_SECONDS = 600
/** A key that is wrong is seldom mended at once. */
const UNAVAILABLE_MS = 60_000
/** Between looks for somebody to bill. */
const WAITING_SECONDS = 60
const MAX_WAITING_SECONDS = 6 * 3600
const UNIQUE_VIOLATION = '23505'
const MAX_ERROR_LENGTH = 2000

/** What has waited long is looked at seldom: customers nobody bills must not hold up those who are. */
function waitingSeconds(age: number): number {
  return Math.min(MAX_WAITING_SECONDS, Math.max(WAITING_SECONDS, age / 4))
}

/** The identifier Stripe knows it by. */
export function sentIdentifier({
  identifier,
  generation,
}: Pick<ReportRow, 'identifier' | 'generation'>): string {
  return generation === 0 ? identifier : `${identifier}.${generation}`
}

/** Sends a report that Stripe cannot have; answers whether it came to count. */
export async function sendReport(context: ReportContext, report: ReportRow): Promise<boolean> {
  const { database: db, catalog, log } = context
  const now = await context.now()
  const payer = await findPayer({ catalog, db, now }, report)
  if (payer.stripeCustomer === null) {
    await postponeReport(db, report, {
      status: 'waiting',
      seconds: waitingSeconds(payer.now - Number(report.at)),
      error: payer.missing,
    })
    return false
  }
  const isOld = Number(report.at) < payer.now - LATE_SECONDS + LATE_MARGIN_SECONDS
  if ((isOld || payer.isInvoiced) && catalog.policy.lateUsage === 'drop') {
    const why = isOld ? 'is more than 35 days old' : 'is of a period whose invoice is final'
    const message = `Usage of ${formatSecond(Number(report.at))} ${why}: dropped by policy lateUsage.`
    await settleReport(db, report, { status: 'dropped', code: 'usage_too_late', message })
    log.warn({ ...told(report), message }, 'late usage is dropped')
    return false
  }
  const meter = await meterOf(context, report)
  if (meter.kind !== 'ok') return later(context, report, meter)
  if (meter.value !== null && meter.value.formula !== 'sum') {
    const message = `Meter ${report.meter} aggregates by ${meter.value.formula}: usage can only be reported to a meter that sums. Make one, and name it in the catalog.`
    return refuse(context, report, 'meter_not_sum', message)
  }
  const begun = await begin(context, report, {
    stripeCustomer: payer.stripeCustomer,
    at: isOld || payer.isInvoiced ? payer.now : null,
    now,
  })
  return begun === null ? false : deliver(context, begun, meter.value)
}

/** Sends a report again that may or may not have come through. */
export async function repeatSending(context: ReportContext, report: ReportRow): Promise<boolean> {
  const meter = await meterOf(context, report)
  if (meter.kind !== 'ok') return later(context, report, meter)
  const again = await repeatReport(context.database, report, LEASE_SECONDS)
  return again === null ? false : deliver(context, again, meter.value)
}

/** Whether Stripe still drops a repetition by its identifier. */
export function isRepeatable({ first_sent_at }: ReportRow, now: number): boolean {
  return now - Number(first_sent_at ?? now) < REPEATED_SECONDS
}

async function begin(
  { database }: ReportContext,
  report: ReportRow,
  sending: { stripeCustomer: string; at: number | null; now: number },
): Promise<ReportRow | null> {
  try {
    const begun = await beginReport(database, report, { ...sending, leaseSeconds: LEASE_SECONDS })
    if (begun !== null) return begun
  } catch (error) {
    if (sqlState(error) !== UNIQUE_VIOLATION) throw error
  }
  const error = 'another report of this hour is not confirmed yet'
  await postponeReport(database, report, { seconds: 1, error })
  return null
}

async function deliver(
  context: ReportContext,
  report: ReportRow,
  meter: Meter | null,
): Promise<boolean> {
  const { api, database } = context
  const answer = await api.send(
    {
      name: report.meter,
      identifier: sentIdentifier(report),
      stripeCustomer: report.stripe_customer ?? '',
      quantity: Number(report.quantity),
      at: Number(report.at),
    },
    meter,
    report,
  )
  if (answer.kind === 'ok') {
    await acceptReport(database, report)
    return true
  }
  if (answer.kind === 'refused') {
    // What another attempt may have brought there is not refused by this one.
    if (report.attempts === 1) return refuse(context, report, answer.code, answer.message)
    return later(context, report, { ...answer, afterMs: null })
  }
  // Even a 429 says nothing of what was sent before it: the SDK itself repeats a request whose
  // connection was closed, however many retries it is told to make, and its first may have come through.
  const afterMs = answer.afterMs ?? (answer.kind === 'unavailable' ? UNAVAILABLE_MS : null)
  return later(context, report, { ...answer, afterMs })
}

async function later(
  { database, log }: ReportContext,
  report: ReportRow,
  failure: { afterMs?: number | null; message: string },
): Promise<false> {
  log.debug({ ...told(report), message: failure.message }, 'a usage report is tried again')
  const backoff = Math.min(MAX_RETRY_SECONDS, 2 ** Math.min(report.attempts, 12) / 2)
  const seconds = Math.max((failure.afterMs ?? 0) / 1000, backoff)
  await postponeReport(database, report, { seconds, error: short(failure.message) })
  return false
}

async function refuse(
  { database, log }: ReportContext,
  report: ReportRow,
  code: string,
  message: string,
): Promise<false> {
  log.warn({ ...told(report), code, message }, 'Stripe refuses usage: retry it once that is mended')
  await settleReport(database, report, { status: 'refused', code, message: short(message) })
  return false
}

/** Its keys and how it sums; where it may not be read, Stripe's defaults hold. */
async function meterOf(
  { api }: ReportContext,
  report: ReportRow,
): Promise<MeterResult<Meter | null>> {
  const meter = await api.meter(report.meter, report)
  return meter.kind === 'refused' ? { kind: 'ok', value: null } : meter
}

export function told({ identifier, customer, feature, meter, quantity }: ReportRow) {
  return { identifier, customer, feature, meter, quantity: Number(quantity) }
}

export function short(message: string): string {
  // PostgreSQL's text cannot hold NUL.
  return message.replaceAll('\u0000', '').slice(0, MAX_ERROR_LENGTH)
}
