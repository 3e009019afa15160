/** What a person does about usage that is told to Stripe, through the service and beside it. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type Stripe from 'stripe'
import { createSandbox, SANDBOX_KEY, type Sandbox } from '../../src/sandbox/index.ts'
import { jsonLines, runCli, startCli, temporaryFolder } from '../support/cli.ts'
import type { CliResult, RunningCli } from '../support/cli.ts'
import { createTestDatabase } from '../support/database.ts'
import { WEBHOOK_SECRET } from '../support/signed-event.ts'

type Way = 'database' | 'service'

/** Usage waits some seconds for more of its hour before it is reported. */
const BOUND = { timeout: 60_000, interval: 200 }

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let database: Awaited<ReturnType<typeof createTestDatabase>>
let sandbox: Sandbox
let api: Stripe
let service: RunningCli
let url: string
let environment: Record<string, string>
let serve: string[]
/** Options that name the database, or the service over it. */
let through: Record<Way, string[]>
const payers = {} as Record<Way, string>
const meters: Record<string, string> = {}

beforeAll(async () => {
  folder = await temporaryFolder()
  database = await createTestDatabase({ isMigrated: true })
  sandbox = await createSandbox({ seed: 'reports', listen: true })
  api = sandbox.client()
  const features: Record<string, object> = {}
  for (const meter of ['calls', 'database', 'service']) {
    const made = await api.billing.meters.create({
      ...{ display_name: meter, event_name: meter },
      default_aggregation: { formula: 'sum' },
    })
    meters[meter] = made.id
    features[meter] = { type: 'metered', meter }
  }
  const catalog = join(folder.path, 'catalog.json')
  await writeFile(catalog, JSON.stringify({ features, products: {} }))
  const where = ['--database', database.url, '--catalog', catalog]
  environment = { STRIPE_API_KEY: SANDBOX_KEY, STRIPE_API_BASE: sandbox.url }
  serve = ['serve', '--json', '--port', '0', ...where]
  service = startCli(serve, {
    env: { ...environment, STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET, PROVISO_API_KEY: 'key' },
  })
  url = (await service.line<{ url: string }>((line) => line['event'] === 'listening')).url
  through = { database: where, service: ['--url', url, '--api-key', 'key'] }

  // Given, of each way, a customer with usage that Stripe takes and usage of a meter that is closed
  for (const way of ['database', 'service'] as const) {
    payers[way] = (await api.customers.create({ name: way })).id
    await api.billing.meters.deactivate(meters[way] ?? '')
    for (const feature of ['calls', way]) {
      const value = ['--value', '5000']
      expect(await cli('service', 'grant', payers[way], feature, ...value)).toMatchObject({
        code: 0,
      })
    }
    await cli('service', 'track', payers[way], 'calls', '250', '--id', `${way} right`)
    await cli('service', 'track', payers[way], 'calls', '30', '--id', `${way} wrong`)
    await cli('service', 'track', payers[way], way, '7', '--id', `${way} refused`)
  }
  await vi.waitFor(async () => {
    expect(await counts()).toMatchObject({ accepted: { units: 560 }, refused: { units: 14 } })
  }, BOUND)
})
afterAll(async () => {
  await service.stop()
  await sandbox.close()
  await database.drop()
  await folder.remove()
})

function cli(way: Way, ...args: string[]): Promise<CliResult> {
  return runCli([...args, ...through[way]], { env: environment })
}

async function counts(): Promise<Record<string, unknown>> {
  const { stdout } = await cli('service', 'usage', 'counts', '--json')
  return (JSON.parse(stdout) as { reports: Record<string, unknown> }).reports
}

const counted = (way: Way, meter: string): number =>
  sandbox.world
    .where('~meter_event', 'counted', `${meters[meter]} ${payers[way]}`)
    .reduce((sum, { value }) => sum + Number(value), 0)

describe.each(['database', 'service'] as const)('through the %s', (way) => {
  test('reports are listed, those that were refused with Stripe’s words', async () => {
    const all = await cli(way, 'usage', 'reports', '--customer', payers[way])
    const refused = await cli(way, 'usage', 'reports', '--status', 'refused')
    const paged = await cli(way, 'usage', 'reports', '--limit', '1', '--json')

    expect(all).toMatchObject({ code: 0, stderr: '' })
    expect(all.stdout).toMatch(/accepted +(280|250|30) calls of cus_\w+ billed to cus_/)
    expect(refused.stdout).toMatch(new RegExp(`refused +7 ${way} of ${payers[way]}`))
    expect(refused.stdout).toMatch(/archived_meter: Meter \w+ is archived/)
    expect(refused.stdout).not.toContain('accepted')
    expect(JSON.parse(paged.stdout)).toMatchObject({
      reports: [{ status: expect.any(String) as string }],
      next: expect.stringMatching(/^\d+-proviso_/) as string,
    })
  })

  test('a difference is exit code 1 and is named; once it is retried both sides are even', async () => {
    const odd = await cli(way, 'usage', 'reconcile', '--customer', payers[way])
    const json = await cli(way, 'usage', 'reconcile', '--meter', way, '--json')

    expect(odd).toMatchObject({ code: 1, stderr: '' })
    expect(odd.stdout).toContain('7 recorded, Stripe counts 0 (-7): 7 refused')
    expect(odd.stdout).toContain('1 differ of 2 lines')
    expect(json.code).toBe(1)
    expect(JSON.parse(json.stdout)).toMatchObject({
      isEven: false,
      lines: [{ meter: way, recorded: 7, refused: 7, reports: [{ code: 'archived_meter' }] }],
    })

    await api.billing.meters.reactivate(meters[way] ?? '')
    const { stdout } = await cli(way, 'usage', 'reports', '--status', 'refused', '--json')
    const { reports } = JSON.parse(stdout) as { reports: { identifier: string; meter: string }[] }
    const { identifier = '' } = reports.find(({ meter }) => meter === way) ?? {}
    expect((await cli(way, 'usage', 'retry', identifier)).stdout).toMatch(/^1 sent again/)
    await vi.waitFor(() => expect(counted(way, way)).toBe(7), BOUND)
    // The service notes what it sent a moment after Stripe has it.
    await vi.waitFor(async () => {
      const even = await cli(way, 'usage', 'reconcile', '--customer', payers[way])
      expect(even).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Even: 2 lines/) })
    }, BOUND)
  })

  test('a use is taken back at Stripe too', async () => {
    const first = await cli(way, 'usage', 'cancel', `${way} wrong`)
    const again = await cli(way, 'usage', 'cancel', `${way} wrong`, '--json')

    expect(first.stdout).toMatch(
      /^Taken back: 30 calls of cus_\w+ \(\w+ wrong\); 250 of 5,000 used/,
    )
    expect(JSON.parse(again.stdout)).toMatchObject({ isNew: false, quantity: 30 })
    await vi.waitFor(() => expect(counted(way, 'calls')).toBe(250), BOUND)
  })

  test('counts are shown', async () => {
    const { code, stdout } = await cli(way, 'usage', 'counts')

    expect(code).toBe(0)
    expect(stdout).toMatch(/^[\d,]+ units recorded, [\d,]+ sent to Stripe, 0 in no report yet\n/)
    expect(stdout).toMatch(/ {2}accepted +[\d,]+ units in \d+ reports/)
  })

  test.each([
    [['retry'], 'invalid_request'],
    [['retry', 'proviso_1', '--all'], 'invalid_request'],
    [['retry', 'proviso_1'], 'not_found'],
    [['cancel', 'none'], 'not_found'],
    [['cancel'], 'invalid_request'],
    [['reports', '--status', 'odd'], 'invalid_request'],
    [['reconcile', '--from', 'yesterday'], 'invalid_request'],
    [['reconcile', '--from', '20', '--to', '10'], 'invalid_request'],
  ])('usage %j is refused with %s', async (args, code) => {
    const { code: exit, stderr } = await cli(way, 'usage', ...args)

    expect(exit).toBe(1)
    expect(stderr).toContain(`error[${code}]`)
  })
})

test('every command has help with an example, and a customer may be called like one of them', async () => {
  for (const name of ['show', 'reports', 'retry', 'reconcile', 'cancel', 'counts']) {
    expect((await runCli(['usage', name, '--help'])).stdout).toContain('Example:')
  }
  await cli('service', 'grant', 'counts', 'calls', '--value', '9')
  const { stdout } = await cli('service', 'usage', 'show', 'counts', 'calls')

  expect(stdout).toContain('0 of 9 used')
})

test('metrics tell what became of usage', async () => {
  const text = await (await fetch(`${url}/metrics`)).text()

  expect(text).toMatch(/^proviso_usage_units\{mode="test",status="accepted"\} \d+$/m)
  expect(text).toMatch(/^proviso_usage_recorded_units\{mode="test"\} \d+$/m)
})

test.each([
  ['nothing', ['--no-report-usage'], {}, '(off)'],
  ['nothing', [], { PROVISO_REPORT_USAGE: 'false' }, '(off)'],
  ['by the stream', ['--meter-events', 'v2Stream'], {}, 'v2Stream'],
  ['one by one', [], {}, 'v1'],
])('serve reports %s with %j and %j', async (_, args, env, reportUsage) => {
  const running = startCli([...serve, ...args], {
    env: {
      ...{ ...environment, STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET, PROVISO_API_KEY: 'key' },
      ...env,
    },
  })
  await running.line((line) => line['event'] === 'listening')
  await running.stop()

  const lines = [...jsonLines(running.stdout()), ...jsonLines(running.stderr())]
  expect(lines.find(({ msg }) => msg === 'starting')).toMatchObject({ reportUsage })
})
