import { randomInt } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { shuffle } from '../../src/cli/shuffle.ts'
import { openPostgres } from '../../src/store/postgres.ts'
import { runCli, temporaryFolder } from '../support/cli.ts'
import { createTestDatabase } from '../support/database.ts'
import { isAcknowledged, sendUntilAcknowledged, shopEvents } from '../support/event-stream.ts'
import { accessByCore, chainProblems, readOutcome, served } from '../support/outcome.ts'
import { startServiceProcess, until, untilSettled } from '../support/service-process.ts'
import type { ServiceProcess } from '../support/service-process.ts'
import { CATALOG } from '../support/stories/catalogs.ts'

const EVENTS = 2000
const KILLS = 20
const SENDERS = 16

/** Another run has another one; a run is played again with PROVISO_TEST_SEED. */
const seed = Number(process.env['PROVISO_TEST_SEED'] ?? randomInt(2 ** 31))

const over = new AbortController()
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let database: Awaited<ReturnType<typeof createTestDatabase>>
let catalogFile: string
let service: ServiceProcess

beforeAll(async () => {
  folder = await temporaryFolder()
  database = await createTestDatabase({ isMigrated: true })
  catalogFile = join(folder.path, 'catalog.json')
  await writeFile(catalogFile, JSON.stringify(CATALOG))
  service = startServiceProcess({ database: database.url, catalogFile })
})
afterAll(async () => {
  over.abort()
  await service.kill()
  await database.drop()
  await folder.remove()
})

/** A kill comes so many milliseconds after so many events are acknowledged. */
interface Kill {
  acknowledged: number
  afterMs: number
}

/**
 * Spread over the whole sending. Every fourth waits for no acknowledgement after the one before it, so
 * that it meets a process that is still starting.
 */
function planKills(): Kill[] {
  const random = randomFractions(seed)
  const share = EVENTS / KILLS
  let acknowledged = 0
  return Array.from({ length: KILLS }, (_, index) => {
    const isAtStart = index % 4 === 3
    if (!isAtStart) acknowledged = Math.floor((index + random()) * share)
    return { acknowledged, afterMs: random() * (isAtStart ? 1000 : 50) }
  })
}

/** Numbers in [0, 1), the same for the same seed (Park and Miller's generator). */
function randomFractions(from: number): () => number {
  const modulus = 2 ** 31 - 1
  let state = (from % (modulus - 1)) + 1
  return () => {
    state = (state * 48_271) % modulus
    return state / modulus
  }
}

test(`a service killed ${KILLS} times at any moment keeps exactly what it acknowledged (seed ${seed})`, async () => {
  const now = Math.floor(Date.now() / 1000)
  const events = shuffle(shopEvents({ customers: 160, now }).slice(0, EVENTS), seed)
  const acknowledged = new Set<string>()
  const statuses = new Map<number, number>()
  let heldBefore = 0

  const sending = sendUntilAcknowledged(events, {
    url: service.url,
    signal: over.signal,
    concurrency: SENDERS,
    seen(delivery) {
      statuses.set(delivery.status, (statuses.get(delivery.status) ?? 0) + 1)
      if (!isAcknowledged(delivery)) return
      acknowledged.add(delivery.id)
      // Committed by a process that was killed before it could say so.
      if (!delivery.isNew) heldBefore += 1
    },
  })
  const kills = planKills()
  for (const kill of kills) {
    await until(
      `${kill.acknowledged} events are acknowledged`,
      () => acknowledged.size >= kill.acknowledged,
      1,
    )
    await delay(kill.afterMs)
    await service.kill()
    service.start()
  }
  await sending
  const { hold } = await untilSettled(service)
  const code = await service.stop()

  console.info(
    `seed ${seed}: ${events.length} events, ${KILLS} kills; answers by status ${JSON.stringify(Object.fromEntries(statuses))}, ${heldBefore} were held before they were acknowledged`,
  )
  const db = openPostgres(database.url, { poolSize: 1 })
  const outcome = await readOutcome(db)
  await db.close()

  expect(code).toBe(0)
  expect(hold).toBeNull()
  expect([...outcome.events.keys()].sort()).toEqual([...acknowledged].sort())
  expect(acknowledged.size).toBe(EVENTS)
  for (const event of events) {
    expect(outcome.events.get(event.id)).toEqual([JSON.stringify(event)])
  }
  expect(outcome.pending).toBe(0)
  expect(chainProblems(outcome)).toEqual([])
  expect(served(outcome.access)).toEqual(served(accessByCore(events, CATALOG, now)))
  expect([...statuses.keys()].filter((status) => status !== 200 && status !== 0)).toEqual([])
  expect(statuses.get(0)).toBeGreaterThan(0)

  const verified = await runCli([
    'verify',
    '--json',
    '--database',
    database.url,
    '--catalog',
    catalogFile,
  ])
  expect(JSON.parse(verified.stdout)).toMatchObject({ observations: EVENTS, differences: [] })
  expect(verified.code).toBe(0)
})
