import type { Queryable } from '../database.ts'

export const READ_HEALTH = `
  select
    (select count(*) from (
      select 1 from proviso.observations where is_pending limit 100000
    ) as p)::int8 as pending,
    coalesce(extract(epoch from clock_timestamp() - (
      select received_at from proviso.observations where is_pending order by seq limit 1
    )), 0)::float8 as lag_seconds,
    (select count(*) from proviso.needs where due_at is not null)::int8 as open_needs,
    (select count(*) from proviso.deliveries where is_dead)::int8 as dead_letters,
    (select count(*) from proviso.customers where alerts <> '[]'::jsonb)::int8 as alerts,
    (select value from proviso.settings where name = 'hold') as hold,
    (select position from proviso.feed)::int8 as position`

export interface HealthRow {
  pending: bigint
  lag_seconds: number
  open_needs: bigint
  dead_letters: bigint
  alerts: bigint
  hold: unknown
  position: bigint
}

export async function readHealthRow(db: Queryable): Promise<HealthRow | undefined> {
  return (await db.query<HealthRow>(READ_HEALTH, [])).rows[0]
}
