import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCli, startCli, temporaryFolder } from '../support/cli.ts'
import type { RunningCli } from '../support/cli.ts'
import { createTestDatabase } from '../support/database.ts'
import { WEBHOOK_SECRET } from '../support/signed-event.ts'
import { USAGE_CATALOG } from '../support/usage-catalog.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let database: Awaited<ReturnType<typeof createTestDatabase>>
let service: RunningCli
/** Options that name the database, or the service over it. */
let through: Record<'database' | 'service', string[]>

beforeAll(async () => {
  folder = await temporaryFolder()
  database = await createTestDatabase({ isMigrated: true })
  const catalog = join(folder.path, 'catalog.json')
  await writeFile(catalog, JSON.stringify(USAGE_CATALOG))
  const where = ['--database', database.url, '--catalog', catalog]
  service = startCli(['serve', '--json', '--port', '0', ...where, '--mode', 'test'], {
    env: { STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET, PROVISO_API_KEY: 'key' },
  })
  const { url } = await service.line<{ url: string }>((line) => line['event'] === 'listening')
  through = { database: [...where, '--test'], service: ['--url', url, '--api-key', 'key'] }
  for (const customer of ['database', 'service']) {
    for (const [feature, value] of [
      ['calls', '5000'],
      ['tokens', '100'],
    ]) {
      const args = [
        'grant',
        customer,
        feature ?? '',
        '--value',
        value ?? '',
        '--id',
        `${customer} ${feature}`,
      ]
      expect(await runCli([...args, ...through.service])).toMatchObject({ code: 0 })
    }
  }
})
afterAll(async () => {
  await service.stop()
  await database.drop()
  await folder.remove()
})

describe.each(['database', 'service'] as const)('through the %s', (name) => {
  const cli = (...args: string[]) => runCli([...args, ...through[name]])
  const used = async (): Promise<number> => {
    const { stdout } = await cli('usage', name, 'calls', '--json')
    return (JSON.parse(stdout) as { used: number }).used
  }

  test('a use is recorded once under its id, and shown', async () => {
    const first = await cli('track', name, 'calls', '250', '--id', `${name} first`)
    const again = await cli('track', name, 'calls', '250', '--id', `${name} first`)
    const other = await cli('track', name, 'calls', '251', '--id', `${name} first`)

    expect(first.stderr).toBe('')
    expect(first.stdout).toMatch(/^Recorded 250 calls of \w+ \(.* first\)\.$/m)
    expect(again.stdout).toMatch(/^On record before: 250 calls/)
    expect(other).toMatchObject({ code: 1, stdout: '' })
    expect(other.stderr).toMatch(/^error\[usage_id_reused\]: .* is on record for track 250 calls/)
    expect(await used()).toBe(250)
  })

  test('a file is recorded in batches; a bad line does not cost the others', async () => {
    const before = await used()
    const line = (index: number) =>
      JSON.stringify({ customer: name, feature: 'calls', id: `${name} line ${index}` })
    const lines = Array.from({ length: 2_200 }, (_, index) => line(index))
    lines.splice(1_500, 0, '{"customer":', '', line(3).replace('"id"', '"quantity":-1,"id"'))
    lines.push(line(0))
    const file = join(folder.path, `${name}.jsonl`)
    await writeFile(file, lines.join('\n'))

    const first = await cli('track', '--file', file, '--json')
    const again = await cli('track', '--file', file)

    expect(first.code).toBe(1)
    expect(JSON.parse(first.stdout)).toMatchObject({
      lines: 2_203,
      new: 2_200,
      known: 1,
      failed: 2,
      withoutId: 0,
      failures: [
        { line: 1_501, code: 'invalid_request' },
        { line: 1_503, code: 'invalid_quantity' },
      ],
    })
    expect(again.code).toBe(1)
    expect(again.stdout).toContain('2203 lines: 0 recorded, 2201 on record before, 2 failed.')
    expect(await used()).toBe(before + 2_200)
  })

  test('credits are shown with their history', async () => {
    await cli('track', name, 'tokens', '30', '--id', `${name} tokens`, '--at', at(0))

    const { stdout } = await cli('usage', name, 'tokens')

    expect(stdout).toContain('30 of 100 used, 70 left')
    expect(stdout).toMatch(/\+100 {2}granted .*\n.*−30 {2}spent \w+ tokens/)
  })

  test('access to a metered feature says how much is left', async () => {
    const enough = await cli('access', name, 'tokens', '--quantity', '70')
    const tooMany = await cli('access', name, 'tokens', '--quantity', '71')

    expect(enough).toMatchObject({ code: 0, stdout: expect.stringContaining('70 left') })
    expect(tooMany).toMatchObject({ code: 1, stdout: expect.stringContaining('too few credits') })
  })

  test.each([
    [['nobody', 'calls'], 'unknown_customer'],
    [[name, 'cals'], 'unknown_feature'],
    [[name, 'seats'], 'feature_not_usage'],
    [[name, 'calls', '1.5'], 'invalid_request'],
    [[name, 'calls', '--at', '2020-01-01T00:00:00Z'], 'usage_too_old'],
    [[name], 'invalid_request'],
    [[name, 'calls', '--file', 'usage.jsonl'], 'invalid_request'],
    [['--file', '/none/usage.jsonl'], 'invalid_request'],
  ])('track %j is refused with %s', async (args, code) => {
    const { stderr, code: exit } = await cli('track', ...args)

    expect(exit).toBe(1)
    expect(stderr).toContain(`error[${code}]`)
  })
})

function at(secondsFromNow: number): string {
  return new Date(Date.now() + secondsFromNow * 1000).toISOString()
}
