import { createApp } from '../../../src/http/app.ts'
import { createEngine } from '../../../src/engine/create-engine.ts'
import type { Engine } from '../../../src/engine/engine.ts'
import { migrate } from '../../../src/store/migrate.ts'
import { openPostgres } from '../../../src/store/postgres.ts'
import type { Database } from '../../../src/store/database.ts'
import type { Answer, Contestant, Seat, Setting } from './contestant.ts'
import { CountedReads } from './counted-reads.ts'
import { DatabaseClock } from './database-clock.ts'

/** Proviso's seat tells more than others': when it would act by itself, and what it read. */
export interface ProvisoSeat extends Seat {
  /** Unix seconds at which a need or a wake falls due; null: none does. */
  wakesAt(): Promise<number | null>
  readonly readsByType: Readonly<Record<string, number>>
}

/** The service as it is run: its webhook route, its settler, wakes and needs, on PostgreSQL. */
export const proviso: Contestant = {
  name: 'proviso',
  setUp:
    'The service with a Stripe key: webhook route, settle, wakes and the queue of needs, worked on as a resident process does. Access is what GET /v1/customers/{id}/access answers.',
  readsOldVersions: true,
  open: (setting) => openSeat(setting, true),
}

/** The same without a key: what only Stripe's API can tell stays unknown. */
export const provisoWithoutKey: Contestant = {
  name: 'proviso-no-key',
  setUp: 'The same service without a Stripe key: it never reads.',
  readsOldVersions: true,
  open: (setting) => openSeat(setting, false),
}

const CUSTOMERS = `select id from proviso.customers order by id`

const NEXT_ALARM = `
  select least(
    (select min(wake_at) from proviso.customers),
    (select ceil(extract(epoch from min(due_at)))::int8 from proviso.needs)
  ) as at`

async function openSeat(setting: Setting, hasKey: boolean): Promise<ProvisoSeat> {
  const clock = await DatabaseClock.in(setting.databaseUrl)
  await clock.set(setting.now())
  const database = openPostgres(setting.databaseUrl, { poolSize: 4 })
  await migrate(database)
  const reads = new CountedReads(setting)
  const engine = await createEngine({
    database,
    catalog: setting.catalog,
    stripe: hasKey ? reads.reader : null,
    livemode: false,
    // Between two stops of the sandbox's clock nobody beats a heart: that is no outage.
    outageAfterSeconds: Number.MAX_SAFE_INTEGER,
  })
  const app = createApp({
    engine,
    features: Object.keys(setting.catalog.features),
    webhookSecrets: [setting.secret],
    allowUnauthenticated: true,
    livemode: false,
  })

  return {
    async take(request) {
      await clock.set(setting.now())
      const response = await app.fetch(request)
      await work(engine)
      return response
    },
    async answers() {
      await clock.set(setting.now())
      await work(engine)
      const { rows } = await database.query<{ id: string }>(CUSTOMERS)
      const known = await Promise.all(rows.map(({ id }) => engine.access(id)))
      return known.flatMap(({ customer, features }) =>
        Object.entries(features).map(([feature, { allowed, value, until }]): Answer => {
          return { customer, feature, allowed, value, until: allowed ? until : null }
        }),
      )
    },
    wakesAt: () => nextAlarm(database, hasKey),
    get reads() {
      return reads.count
    },
    get readsByType() {
      return reads.byType
    },
    async close() {
      await engine.close()
      await database.close()
      await clock.close()
    },
  }
}

async function work(engine: Engine): Promise<void> {
  while ((await engine.tick({ budgetMs: 60_000 })).hasMore);
}

async function nextAlarm(database: Database, hasKey: boolean): Promise<number | null> {
  const text = hasKey ? NEXT_ALARM : `select min(wake_at) as at from proviso.customers`
  const { rows } = await database.query<{ at: bigint | null }>(text)
  const at = rows[0]?.at ?? null
  return at === null ? null : Number(at)
}
