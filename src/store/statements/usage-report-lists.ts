import type { Scope } from '../../core/fact.ts'
import type { Queryable } from '../database.ts'
import { reportColumns, type ReportKey, type ReportRow } from './usage-reports.ts'

export const LIST_REPORTS = `
  select ${reportColumns}
  from proviso.usage_reports r
  where r.account = $1::text and r.livemode = $2::boolean
    and ($3::text is null or r.status = $3::text)
    and ($4::text is null or r.customer = $4::text or r.stripe_customer = $4::text)
    and ($5::int8 is null or r.at < $5::int8 or (r.at = $5::int8 and r.identifier > $6::text))
  order by r.at desc, r.identifier
  limit $7::int4`

/** Where a page ended: its last report. */
export interface ReportPlace {
  /** Unix seconds. */
  at: number
  identifier: string
}

export interface ReportPage {
  status: string | null
  customer: string | null
  after: ReportPlace | null
  limit: number
}

export async function listReports(
  db: Queryable,
  { account, livemode }: Scope,
  { status, customer, after, limit }: ReportPage,
): Promise<ReportRow[]> {
  const place = [after?.at ?? null, after?.identifier ?? null]
  const parameters = [account, livemode, status, customer, ...place, limit]
  return (await db.query<ReportRow>(LIST_REPORTS, parameters)).rows
}

export const LIST_RETRYABLE = `
  select r.account, r.livemode, r.identifier
  from proviso.usage_reports r
  where r.account = $1::text and r.livemode = $2::boolean
    and r.status = any ($4::text[]) and case when $3::text is null
      then r.error_code is distinct from 'doubt_unsettled' else r.identifier = $3::text end
  order by r.at, r.identifier`

/**
 * Those a person may send again, oldest first: one, or all of these statuses, save what may count at
 * Stripe: that is for a person to compare, one by one.
 */
export async function listRetryable(
  db: Queryable,
  { account, livemode }: Scope,
  which: { identifier: string | null; statuses: readonly string[] },
): Promise<ReportKey[]> {
  const parameters = [account, livemode, which.identifier, which.statuses]
  return (await db.query<ReportKey>(LIST_RETRYABLE, parameters)).rows
}
