import { randomInt } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { shuffle } from '../../src/cli/shuffle.ts'
import { openPostgres } from '../../src/store/postgres.ts'
import type { Database } from '../../src/store/database.ts'
import { runCli, temporaryFolder } from '../support/cli.ts'
import { createTestDatabase } from '../support/database.ts'
import { sendOnce, shopEvents } from '../support/event-stream.ts'
import { accessByCore, chainProblems, readOutcome, served } from '../support/outcome.ts'
import type { StoredChange } from '../support/outcome.ts'
import { startServiceProcess, untilSettled } from '../support/service-process.ts'
import type { ServiceProcess } from '../support/service-process.ts'
import { CATALOG } from '../support/stories/catalogs.ts'

const CUSTOMERS = 200
/** Events under way at once; each is with both processes at the same time. */
const SENDERS = 12

const seed = Number(process.env['PROVISO_TEST_SEED'] ?? randomInt(2 ** 31))

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let database: Awaited<ReturnType<typeof createTestDatabase>>
let db: Database
let catalogFile: string
let processes: ServiceProcess[] = []

beforeAll(async () => {
  folder = await temporaryFolder()
  database = await createTestDatabase({ isMigrated: true })
  db = openPostgres(database.url, { poolSize: 1 })
  catalogFile = join(folder.path, 'catalog.json')
  await writeFile(catalogFile, JSON.stringify(CATALOG))
  processes = [1, 2].map(() => startServiceProcess({ database: database.url, catalogFile }))
})
afterAll(async () => {
  for (const each of processes) await each.kill()
  await db.close()
  await database.drop()
  await folder.remove()
})

interface ChangesPage {
  changes: StoredChange[]
  next: number
  hasMore: boolean
}

/** Asks for what comes after the last page, over and over, until the end is known and reached. */
async function follow(service: ServiceProcess, isOver: () => boolean): Promise<StoredChange[]> {
  const seen: StoredChange[] = []
  let after = 0
  for (;;) {
    const isLast = isOver()
    const { status, body } = await service.get<ChangesPage>(`/v1/changes?after=${after}&limit=50`)
    if (status !== 200) throw new Error(`The feed answered ${status}.`)
    seen.push(...body.changes)
    after = body.next
    if (isLast && !body.hasMore) return seen
  }
}

const essentials = ({ position, customer, feature, before, after }: StoredChange) => ({
  position,
  customer,
  feature,
  before,
  after,
})

/** Deadlocks of this database so far; sessions report theirs when they end, if not before. */
async function deadlocks(): Promise<number> {
  const { rows } = await db.query<{ deadlocks: bigint }>(
    'select deadlocks from pg_stat_database where datname = current_database()',
    [],
  )
  return Number(rows[0]?.deadlocks)
}

test(`two processes that get every event at once settle as one would (seed ${seed})`, async () => {
  const now = Math.floor(Date.now() / 1000)
  const events = shuffle(shopEvents({ customers: CUSTOMERS, stripeCustomersEach: 2, now }), seed)
  const deadlocksBefore = await deadlocks()
  const statuses = new Map<number, number>()
  let newTwice = 0
  let isOver = false
  const following = processes.slice(0, 1).map((first) => follow(first, () => isOver))

  const queue = events.values()
  const sender = async (): Promise<void> => {
    for (const event of queue) {
      const deliveries = await Promise.all(processes.map(({ url }) => sendOnce(event, url)))
      for (const { status } of deliveries) statuses.set(status, (statuses.get(status) ?? 0) + 1)
      if (deliveries.every(({ isNew }) => isNew)) newTwice += 1
    }
  }
  await Promise.all(Array.from({ length: SENDERS }, sender))
  for (const each of processes) await untilSettled(each)
  isOver = true
  const [followed] = await Promise.all(following)
  const codes = await Promise.all(processes.map((each) => each.stop()))
  const logs = processes.map((each) => each.log()).join('')
  const outcome = await readOutcome(db)

  console.info(
    `seed ${seed}: ${events.length} events to each of two processes, ${outcome.changes.length} changes`,
  )
  expect(codes).toEqual([0, 0])
  expect([...statuses]).toEqual([[200, events.length * 2]])
  expect(newTwice).toBe(0)
  expect(await deadlocks()).toBe(deadlocksBefore)
  expect(logs).not.toMatch(/deadlock|40P01/i)
  expect(logs).not.toMatch(/"level":(40|50|60)/)
  expect([...outcome.events.keys()].sort()).toEqual(events.map(({ id }) => id).sort())
  expect([...outcome.events.values()].every((bodies) => bodies.length === 1)).toBe(true)
  expect(outcome.pending).toBe(0)
  expect(chainProblems(outcome)).toEqual([])
  expect(followed?.map(essentials)).toEqual(outcome.changes.map(essentials))
  expect(served(outcome.access)).toEqual(served(accessByCore(events, CATALOG, now)))

  const where = ['--database', database.url, '--catalog', catalogFile]
  const verified = await runCli(['verify', '--json', ...where])
  expect(JSON.parse(verified.stdout)).toMatchObject({ differences: [] })
  expect(verified.code).toBe(0)
})
