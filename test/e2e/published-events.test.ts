import { readdirSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventsOf } from '../../src/cli/event-files.ts'
import type { CatalogDefinition } from '../../src/core/catalog.ts'
import { hashBody } from '../../src/engine/body-hash.ts'
import { openPostgres } from '../../src/store/postgres.ts'
import { runCli, temporaryFolder } from '../support/cli.ts'
import type { CliResult } from '../support/cli.ts'
import { createTestDatabase } from '../support/database.ts'
import { accessByCore, chainProblems, readOutcome, served } from '../support/outcome.ts'
import type { Outcome } from '../support/outcome.ts'
import { startServiceProcess, untilSettled } from '../support/service-process.ts'
import type { ServiceProcess } from '../support/service-process.ts'
import { WEBHOOK_SECRET } from '../support/signed-event.ts'
import { EVENTS_DIR, HAS_EVENTS } from '../support/type-version-table.ts'

const SEED = 20261122

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let database: Awaited<ReturnType<typeof createTestDatabase>>
let catalogFile: string
let service: ServiceProcess

const filesOf = (kind: string): string[] =>
  readdirSync(join(EVENTS_DIR, kind))
    .sort()
    .map((name) => join(EVENTS_DIR, kind, name))

/** Ids of whatever has one of these names as its `object`, anywhere in a document. */
function idsOf(
  names: readonly string[],
  value: unknown,
  found: Set<string> = new Set(),
): Set<string> {
  if (typeof value !== 'object' || value === null) return found
  const { object, id } = value as { object?: unknown; id?: unknown }
  if (names.includes(object as string) && typeof id === 'string') found.add(id)
  for (const part of Object.values(value)) idsOf(names, part, found)
  return found
}

/** A product of everything that was ever bought in the sequences. */
function catalogOf(sequences: readonly unknown[]): CatalogDefinition {
  return {
    features: { anything: { type: 'flag' }, seats: { type: 'quantity' } },
    products: {
      everything: {
        match: { prices: [...idsOf(['price', 'plan'], sequences)].sort() },
        grants: { anything: true, seats: 'quantity' },
      },
    },
    // They were paid for years ago: with this patience (hours) some would still be served today.
    policy: { renewalWindowHours: 100_000 },
  }
}

interface SentEvent {
  id: string
  type: string
  created: number
  account?: string
  livemode: boolean
}

/** What makes two bodies one observation. */
function identityOf(body: string): string {
  const { id, account = '', livemode } = JSON.parse(body) as SentEvent
  const hash = Buffer.from(hashBody(Buffer.from(body))).toString('hex')
  return [id, account, livemode, hash].join(' ')
}

async function stored(): Promise<Outcome> {
  const db = openPostgres(database.url, { poolSize: 1 })
  try {
    return await readOutcome(db)
  } finally {
    await db.close()
  }
}

function json<T>({ code, stdout, stderr }: CliResult): T {
  if (stdout === '') throw new Error(`Exit ${code}: ${stderr}`)
  return JSON.parse(stdout) as T
}

describe.skipIf(!HAS_EVENTS)('events others have published (where the folder is there)', () => {
  const kinds = ['sequences', 'captured', 'templates'] as const
  const files = HAS_EVENTS ? kinds.flatMap(filesOf) : []
  const texts = files.flatMap((file) => eventsOf(readFileSync(file, 'utf8'), file))
  const sequences = (HAS_EVENTS ? filesOf('sequences') : []).map((file) =>
    eventsOf(readFileSync(file, 'utf8'), file).map(({ text }) => JSON.parse(text) as SentEvent),
  )

  beforeAll(async () => {
    folder = await temporaryFolder()
    database = await createTestDatabase({ isMigrated: true })
    catalogFile = join(folder.path, 'catalog.json')
    await writeFile(catalogFile, JSON.stringify(catalogOf(sequences)))
    service = startServiceProcess({ database: database.url, catalogFile })
  })
  afterAll(async () => {
    await service.kill()
    await database.drop()
    await folder.remove()
  })

  test('are all taken, shuffled and doubled, and nothing of them is lost', async () => {
    const how = ['--shuffle', String(SEED), '--duplicate', '2', '--json']
    const to = ['--url', await service.url(), '--secret', WEBHOOK_SECRET]
    const sent = await runCli(['send', ...files, ...how, ...to])
    await untilSettled(service)

    const distinct = new Set(texts.map(({ text }) => identityOf(text)))
    expect(sequences).toHaveLength(22)
    expect(json(sent)).toMatchObject({
      sent: texts.length * 2,
      accepted: texts.length * 2,
      new: distinct.size,
      refused: 0,
      failed: 0,
      refusals: [],
    })
    expect(sent.code).toBe(0)
    const outcome = await stored()
    const bodies = [...outcome.events.values()].flat()
    expect(bodies.map(identityOf).sort()).toEqual([...distinct].sort())
    expect(outcome.pending).toBe(0)
    expect(chainProblems(outcome)).toEqual([])
  })

  test('grant what the core grants, in the time that was paid for and now', async () => {
    const catalog = catalogOf(sequences)
    const atTheEnd = sequences.map((sequence) =>
      accessByCore(sequence, catalog, Math.max(...sequence.map(({ created }) => created)) + 60),
    )
    const allowed = atTheEnd.flatMap((access) => allowedIn(access))
    const distinct = new Map(texts.map(({ text }) => [identityOf(text), text]))
    const events = [...distinct.values()].map((text) => JSON.parse(text) as SentEvent)
    const byCore = accessByCore(events, catalog, Math.floor(Date.now() / 1000))
    const { access } = await stored()

    console.info(`Served at the end of their sequence: ${allowed.join(', ')}`)
    console.info(`Served now: ${allowedIn(access).join(', ')}`)
    expect(allowed).not.toEqual([])
    expect(served(access)).toEqual(served(byCore))
  })

  test('verify clean, and deriving everything again changes nothing', async () => {
    expect(await service.stop()).toBe(0)
    const where = ['--json', '--database', database.url, '--catalog', catalogFile]

    const verified = await runCli(['verify', ...where])
    const rebuilt = await runCli(['rebuild', ...where])
    const again = await runCli(['verify', ...where])

    expect(json(verified)).toMatchObject({ differences: [] })
    expect(verified.code).toBe(0)
    expect(json(rebuilt)).toMatchObject({ changes: 0 })
    expect(json(again)).toMatchObject({ differences: [] })
  })
})

function allowedIn(access: Outcome['access']): string[] {
  return Object.keys(access).filter((name) => access[name]?.['anything']?.allowed === true)
}
