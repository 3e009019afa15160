import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sampleCatalog } from '../../src/cli/sample/catalog.ts'
import { sampleStory } from '../../src/cli/sample/story.ts'
import { jsonLines, runCli, startCli, temporaryFolder } from '../support/cli.ts'
import type { CliResult, RunningCli } from '../support/cli.ts'
import { createTestDatabase } from '../support/database.ts'
import { eventBody, signedRequest, WEBHOOK_SECRET } from '../support/signed-event.ts'
import { createTcpProxy } from '../support/tcp-proxy.ts'
import type { TcpProxy } from '../support/tcp-proxy.ts'

const KEY = 'key_of_the_test'
const PATIENCE_MS = 60_000

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let database: Awaited<ReturnType<typeof createTestDatabase>>
let proxy: TcpProxy
let catalogFile: string
let eventsFile: string
let env: Record<string, string>

beforeAll(async () => {
  folder = await temporaryFolder()
  database = await createTestDatabase({ isMigrated: false })
  const { hostname, port } = new URL(database.url)
  proxy = await createTcpProxy({ host: hostname, port: Number(port) })
  const throughProxy = new URL(database.url)
  throughProxy.hostname = '127.0.0.1'
  throughProxy.port = String(proxy.port)
  catalogFile = join(folder.path, 'catalog.json')
  await writeFile(catalogFile, JSON.stringify(sampleCatalog))
  eventsFile = join(folder.path, 'events.jsonl')
  const acts = await sampleStory('Storyserve', now() - 600)
  const events = acts.flatMap((act) => act.events)
  await writeFile(eventsFile, events.map((event) => JSON.stringify(event)).join('\n'))
  env = {
    DATABASE_URL: throughProxy.toString(),
    STRIPE_WEBHOOK_SECRET: `whsec_old,${WEBHOOK_SECRET}`,
    PROVISO_API_KEY: KEY,
    PROVISO_CATALOG: catalogFile,
  }
})

afterAll(async () => {
  await proxy.close()
  await database.drop()
  await folder.remove()
})

const now = (): number => Math.floor(Date.now() / 1000)

interface Listening {
  url: string
  port: number
  ready: boolean
}

async function serve(): Promise<RunningCli & { url: string; isReady: boolean }> {
  const running = startCli(['serve', '--json', '--port', '0'], { env })
  const { url, ready } = await running.line<Listening>((line) => line['event'] === 'listening')
  return { ...running, url, isReady: ready }
}

const status = async (url: string, headers: Record<string, string> = {}): Promise<number> =>
  (await fetch(url, { headers })).status

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('It did not come true in time.')
    await delay(50)
  }
}

function json<T>({ stdout, stderr, code }: CliResult): T {
  if (stdout === '') throw new Error(`Exit ${code}: ${stderr}`)
  return JSON.parse(stdout) as T
}

interface AccessAnswer {
  customer: string
  features: Record<string, { allowed: boolean; state: string; value: unknown }>
}

describe('a served customer', () => {
  test('is told the same by every command, over HTTP and from the database', async () => {
    const service = await serve()
    try {
      const ask = (...args: string[]): Promise<CliResult> =>
        runCli([...args, '--json', '--url', service.url], { env })

      const sent = await ask('send', eventsFile, '--shuffle', '7', '--duplicate', '3')
      const count = (await readFile(eventsFile, 'utf8')).split('\n').length
      expect(json(sent)).toMatchObject({
        ...{ sent: 3 * count, new: count, duplicates: 2 * count },
        ...{ refused: 0, failed: 0 },
      })
      expect(sent.code).toBe(0)

      let access: AccessAnswer | undefined
      await until(async () => {
        access = json<AccessAnswer>(await ask('access', 'ada'))
        return access.features['seats']?.state === 'ending'
      })
      expect(access).toMatchObject({
        customer: 'ada',
        features: { seats: { allowed: true, value: 5 } },
      })
      const direct = json<AccessAnswer>(await runCli(['access', 'ada', '--json'], { env }))
      expect(direct.features).toEqual(access?.features)

      const enough = await ask('access', 'ada', 'seats', '--quantity', '5')
      const tooMany = await ask('access', 'ada', 'seats', '--quantity', '6')
      expect([enough.code, tooMany.code]).toEqual([0, 1])

      const story = await runCli(['explain', 'ada', 'export', '--url', service.url], { env })
      expect(story.stdout).toContain('because:')
      expect(story.stdout).toContain('What happened')

      expect((await ask('grant', 'grace', 'export', '--note', 'a friend')).code).toBe(0)
      await until(async () => (await ask('access', 'grace', 'export')).code === 0)
      expect((await ask('revoke', 'grace', 'export')).code).toBe(0)
      await until(async () => (await ask('access', 'grace', 'export')).code === 1)

      const changes = jsonLines((await ask('changes')).stdout)
      const positions = changes.map((change) => Number(change['position']))
      expect(positions).toEqual([...positions].sort((a, b) => a - b))
      expect(changes.some((change) => change['customer'] === 'grace')).toBe(true)
      expect(json(await ask('dead-letters'))).toEqual({ deadLetters: [] })

      const unknown = await ask('access', 'ada', 'exprot')
      expect(unknown.code).toBe(1)
      expect(unknown.stderr).toContain('unknown_feature')
    } finally {
      expect(await service.stop()).toBe(0)
    }
  })

  test('is the same after everything is derived again', async () => {
    const before = json<AccessAnswer>(await runCli(['access', 'ada', '--json'], { env }))

    const verified = await runCli(['verify', '--json'], { env })
    const rebuilt = await runCli(['rebuild', '--json'], { env })
    const again = await runCli(['verify', '--json'], { env })
    const after = json<AccessAnswer>(await runCli(['access', 'ada', '--json'], { env }))

    expect(json(verified)).toMatchObject({ differences: [] })
    expect(verified.code).toBe(0)
    expect(rebuilt.code).toBe(0)
    expect(json(again)).toMatchObject({ differences: [] })
    expect(after.features).toEqual(before.features)
  })
})

describe('a service', () => {
  test('keeps its log on stderr, free of secrets', async () => {
    const service = await serve()
    await service.stop()

    expect(jsonLines(service.stdout())).toHaveLength(1)
    for (const secret of [KEY, WEBHOOK_SECRET, new URL(database.url).password]) {
      expect(service.stderr() + service.stdout()).not.toContain(secret)
    }
  })

  test('tells of a taken port and names the flag', async () => {
    const service = await serve()
    const port = new URL(service.url).port

    const second = await runCli(['serve', '--port', port], { env })
    await service.stop()

    expect(second.code).toBe(1)
    expect(second.stderr).toContain('--port')
  })

  test('refuses a database that will not come back by waiting', async () => {
    const wrong = new URL(env['DATABASE_URL'] ?? '')
    wrong.pathname = '/no_such_database'

    const { code, stderr } = await runCli(['serve', '--port', '0', '--log-level', 'silent'], {
      env: { ...env, DATABASE_URL: wrong.toString() },
    })

    expect(code).toBe(1)
    expect(stderr).toMatch(/error\[database_unavailable\]/)
    expect(stderr).not.toContain(wrong.password)
  })

  test('started without its database waits for it, and never says 2xx before', async () => {
    await proxy.goAway()
    const service = await serve()
    try {
      expect(service.isReady).toBe(false)
      const refused = await fetch(
        signedRequest(eventBody({ id: 'evt_early' }), { base: service.url }),
      )
      expect(refused.status).toBe(503)
      expect(await refused.json()).toMatchObject({ error: { code: 'database_unavailable' } })
      expect(await status(`${service.url}/healthz`)).toBe(200)
      expect(await status(`${service.url}/readyz`)).toBe(503)

      await proxy.comeBack()

      await until(async () => (await status(`${service.url}/readyz`)) === 200)
      const taken = await fetch(
        signedRequest(eventBody({ id: 'evt_early' }), { base: service.url }),
      )
      expect(taken.status).toBe(200)
    } finally {
      await proxy.comeBack().catch(() => undefined)
      await service.stop()
    }
  })

  test('that loses its database under load refuses until it is back, and loses nothing it took', async () => {
    const service = await serve()
    const taken = new Set<string>()
    const refused = new Set<number>()
    let count = 0
    let isLoading = true
    const load = async (): Promise<void> => {
      while (isLoading) {
        count += 1
        const id = `evt_load${count}`
        const response = await fetch(signedRequest(eventBody({ id }), { base: service.url }))
        await response.text()
        if (response.status === 200) taken.add(id)
        else refused.add(response.status)
      }
    }
    try {
      const senders = Promise.all(Array.from({ length: 8 }, load))
      await until(async () => taken.size > 50)

      await proxy.goAway()
      await until(async () => refused.size > 0)
      await until(async () => (await status(`${service.url}/readyz`)) === 503)
      await proxy.comeBack()

      await until(async () => (await status(`${service.url}/readyz`)) === 200)
      const before = taken.size
      await until(async () => taken.size > before + 50)
      isLoading = false
      await senders

      expect([...refused]).toEqual([503])
      for (const id of taken) {
        const headers = { authorization: `Bearer ${KEY}` }
        expect(await status(`${service.url}/v1/events/${id}`, headers)).toBe(200)
      }
    } finally {
      isLoading = false
      await service.stop()
    }
  })
})

test('changes --follow prints what comes, and ends well when it is interrupted', async () => {
  const service = await serve()
  const args = ['changes', '--follow', '--json', '--customer', 'linus', '--url', service.url]
  const follower = startCli(args, { env })

  await runCli(['grant', 'linus', 'export', '--url', service.url], { env })
  const change = await follower.line<{ after: { allowed: boolean } }>(
    (line) => line['feature'] === 'export',
  )
  const code = await follower.stop('SIGINT')
  await service.stop()

  expect(change.after.allowed).toBe(true)
  expect(code).toBe(0)
})

test('--changes-to posts every change, signed by Standard Webhooks', async () => {
  const secret = `whsec_${randomBytes(24).toString('base64')}`
  const received: { customer: string; feature: string }[] = []
  const receiver = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      )
      const verified = new Webhook(secret).verify(body, headers) as { data: (typeof received)[0] }
      received.push(verified.data)
      response.end()
    })
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  const { port } = receiver.address() as AddressInfo
  const target = `http://127.0.0.1:${port}/hooks`
  const running = startCli(['serve', '--json', '--port', '0', '--changes-to', target], {
    env: { ...env, PROVISO_CHANGES_SECRET: secret },
  })
  const { url } = await running.line<Listening>((line) => line['event'] === 'listening')

  await runCli(['grant', 'margaret', 'export', '--url', url], { env })
  await until(async () => received.some((change) => change.customer === 'margaret'))
  await running.stop()
  receiver.close()

  expect(received.find(({ customer }) => customer === 'margaret')).toMatchObject({
    feature: 'export',
    after: { allowed: true },
  })
})

test('migrate brings a database up to date and says so', async () => {
  const empty = await createTestDatabase({ isMigrated: false })

  const first = await runCli(['migrate', '--json', '--database', empty.url])
  const second = await runCli(['migrate', '--json', '--database', empty.url])
  await empty.drop()

  expect(json<{ applied: string[] }>(first).applied.length).toBeGreaterThan(0)
  expect(json<{ applied: string[] }>(second).applied).toEqual([])
})

test('send exits 1 when anything was refused, and says why', async () => {
  const service = await serve()
  const mixed = join(folder.path, 'mixed.jsonl')
  await writeFile(
    mixed,
    `${eventBody({ id: 'evt_mixed' })}\n{"object":"event","type":"x","created":1}\n`,
  )

  const { code, stdout } = await runCli(['send', mixed, '--url', service.url], { env })
  const forged = await runCli([
    'send',
    mixed,
    '--url',
    service.url,
    '--secret',
    'whsec_no',
    '--json',
  ])
  await service.stop()

  // STRIPE_WEBHOOK_SECRET lists the old secret first: any of the list signs well.
  expect(code).toBe(1)
  expect(stdout).toContain('event_invalid')
  expect(stdout).toContain('1 new')
  expect(json(forged)).toMatchObject({ sent: 2, refused: 2, accepted: 0 })
})
