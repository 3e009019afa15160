import type { Queryable } from '../database.ts'

export interface CountRow {
  livemode: boolean
  /** `unreported`, or the status of reports. */
  name: string
  count: bigint
  /** A whole number, as text: many large quantities have a sum that no bigint holds. */
  units: string
  /** Units of them that were sent to Stripe at least once; as text. */
  sent: string
}

export const COUNT_USAGE = `
  select r.livemode, r.status as name, count(*) as count, sum(r.quantity)::text as units,
    coalesce(sum(r.quantity) filter (where r.first_sent_at is not null), 0)::text as sent
  from proviso.usage_reports r
  where ($1::text is null or r.account = $1::text)
    and ($2::boolean is null or r.livemode = $2::boolean)
  group by r.livemode, r.status
  union all
  select u.livemode, 'unreported', count(*), sum(u.quantity)::text, '0'
  from proviso.usage u
  where u.report is null and u.meter is not null
    and ($1::text is null or u.account = $1::text)
    and ($2::boolean is null or u.livemode = $2::boolean)
  group by u.livemode`

/** Of one account and mode, or of all; reads every report. */
export async function countUsage(
  db: Queryable,
  { account, livemode }: { account: string | null; livemode: boolean | null },
): Promise<CountRow[]> {
  return (await db.query<CountRow>(COUNT_USAGE, [account, livemode])).rows
}
