import { randomInt } from 'node:crypto'
import { readdir, readlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { shuffle } from '../../src/cli/shuffle.ts'
import { assertDurable } from '../../src/store/durability.ts'
import { clusterIn } from '../../src/store/embedded/cluster.ts'
import { readPostmaster } from '../../src/store/embedded/postmaster.ts'
import { startEmbedded } from '../../src/store/embedded.ts'
import type { EmbeddedServer } from '../../src/store/embedded.ts'
import { openPostgres } from '../../src/store/postgres.ts'
import { runCli, temporaryFolder } from '../support/cli.ts'
import { isAcknowledged, sendUntilAcknowledged, shopEvents } from '../support/event-stream.ts'
import type { Delivery } from '../support/event-stream.ts'
import { accessByCore, chainProblems, readOutcome, served } from '../support/outcome.ts'
import { startServiceProcess, until, untilSettled } from '../support/service-process.ts'
import type { ServiceProcess } from '../support/service-process.ts'
import { CATALOG } from '../support/stories/catalogs.ts'
import { createTcpProxy } from '../support/tcp-proxy.ts'
import type { TcpProxy } from '../support/tcp-proxy.ts'

const EVENTS = 1500
const CRASHES = 5
const SENDERS = 8
/** Attempts that must have been refused before the database may come back. */
const REFUSALS = 3 * SENDERS

const seed = Number(process.env['PROVISO_TEST_SEED'] ?? randomInt(2 ** 31))

const over = new AbortController()
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let dataDir: string
let server: EmbeddedServer
let target: { host: string; port: number }
let proxy: TcpProxy
let service: ServiceProcess | undefined

beforeAll(async () => {
  folder = await temporaryFolder()
  dataDir = join(folder.path, 'data')
  server = await startEmbedded({ dataDir })
  target = { host: '127.0.0.1', port: portOf(server.url) }
  proxy = await createTcpProxy(target)
})
afterAll(async () => {
  over.abort()
  await service?.kill()
  await proxy.close()
  await server.stop()
  await folder.remove()
})

const portOf = (url: string): number => Number(new URL(url).port)

/** The service's address of the database stays, wherever the server listens after a restart. */
function stableUrl(): string {
  const url = new URL(server.url)
  url.port = String(proxy.port)
  return url.href
}

/** As when the machine's memory runs out: no checkpoint, no goodbye. */
async function killPostmaster(): Promise<void> {
  const postmaster = await readPostmaster(clusterIn(dataDir))
  if (postmaster === null) throw new Error(`No server runs in ${dataDir}.`)
  process.kill(postmaster.pid, 'SIGKILL')
  await until('every process of the server is gone', async () => !(await hasProcesses()))
}

/** Backends outlive their postmaster by the statement under way; they all stand in the data folder. */
async function hasProcesses(): Promise<boolean> {
  const cluster = clusterIn(dataDir)
  const numbers = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))
  for (const number of numbers) {
    if ((await readlink(`/proc/${number}/cwd`).catch(() => '')) === cluster) return true
  }
  return (await readPostmaster(cluster)) !== null
}

async function restartServer(): Promise<void> {
  await server.stop()
  server = await startEmbedded({ dataDir })
  target.port = portOf(server.url)
}

test('the server keeps on disk what it has committed', async () => {
  const db = openPostgres(server.url, { poolSize: 1 })
  const { rows } = await db.query(
    `select name, setting from pg_settings where name in ('fsync', 'synchronous_commit') order by name`,
    [],
  )
  const durability = await assertDurable(db)
  await db.close()

  expect(rows).toEqual([
    { name: 'fsync', setting: 'on' },
    { name: 'synchronous_commit', setting: 'on' },
  ])
  expect(durability).toEqual({ isDurable: true, reasons: [] })
})

test(`a service whose database crashes ${CRASHES} times refuses meanwhile, recovers by itself and loses nothing (seed ${seed})`, async () => {
  const now = Math.floor(Date.now() / 1000)
  const events = shuffle(shopEvents({ customers: 120, now }).slice(0, EVENTS), seed)
  const pauses = shuffle(
    Array.from({ length: 100 }, (_, index) => index),
    seed,
  )
  const catalogFile = join(folder.path, 'catalog.json')
  await writeFile(catalogFile, JSON.stringify(CATALOG))
  const running = startServiceProcess({ database: stableUrl(), catalogFile })
  service = running
  const deliveries: Delivery[] = []
  const acknowledged = new Set<string>()
  const absences: { from: number; to: number }[] = []

  const sending = sendUntilAcknowledged(events, {
    url: running.url,
    signal: over.signal,
    concurrency: SENDERS,
    seen(delivery) {
      deliveries.push(delivery)
      if (isAcknowledged(delivery)) acknowledged.add(delivery.id)
    },
  })
  for (let crash = 0; crash < CRASHES; crash += 1) {
    const share = Math.floor((EVENTS * (crash + 0.5)) / CRASHES)
    await until(`${share} events are acknowledged`, () => acknowledged.size >= share, 1)
    await delay(pauses[crash])
    await killPostmaster()
    const from = performance.now()
    await until(
      `${REFUSALS} attempts are answered while the database is away`,
      () => deliveries.filter(({ sentAt }) => sentAt >= from).length >= REFUSALS,
    )
    const readiness = await running.get<{ ready: boolean; database: string }>('/readyz')
    const liveness = await running.get('/healthz')
    absences.push({ from, to: performance.now() })
    expect(readiness).toMatchObject({ status: 503, body: { ready: false, database: 'down' } })
    expect(liveness.status).toBe(200)
    await restartServer()
    await until('it is ready again', async () => (await running.get('/readyz')).status === 200)
  }
  await sending
  const { hold } = await untilSettled(running)
  const code = await running.stop()

  const meanwhile = deliveries.filter(({ sentAt, answeredAt }) =>
    absences.some(({ from, to }) => from <= sentAt && answeredAt <= to),
  )
  const db = openPostgres(server.url, { poolSize: 1 })
  const outcome = await readOutcome(db)
  await db.close()
  const statuses = countBy(deliveries, ({ status }) => status)
  console.info(
    `seed ${seed}: ${EVENTS} events, ${CRASHES} crashes; answers by status ${JSON.stringify(statuses)}, of them while the database was away ${JSON.stringify(countBy(meanwhile, ({ status }) => status))}`,
  )

  expect(code).toBe(0)
  expect(hold).toBeNull()
  expect(Object.keys(countBy(meanwhile, ({ status }) => status))).toEqual(['503'])
  expect(Object.keys(statuses)).toEqual(['200', '503'])
  expect(acknowledged.size).toBe(EVENTS)
  expect([...outcome.events.keys()].sort()).toEqual([...acknowledged].sort())
  for (const event of events) {
    expect(outcome.events.get(event.id)).toEqual([JSON.stringify(event)])
  }
  expect(outcome.pending).toBe(0)
  expect(chainProblems(outcome)).toEqual([])
  expect(served(outcome.access)).toEqual(served(accessByCore(events, CATALOG, now)))

  const where = ['--database', server.url, '--catalog', catalogFile]
  const verified = await runCli(['verify', '--json', ...where])
  expect(JSON.parse(verified.stdout)).toMatchObject({ observations: EVENTS, differences: [] })
  expect(verified.code).toBe(0)
})

function countBy<T>(list: readonly T[], keyOf: (item: T) => number): Record<number, number> {
  const counts: Record<number, number> = {}
  for (const item of list) counts[keyOf(item)] = (counts[keyOf(item)] ?? 0) + 1
  return counts
}
