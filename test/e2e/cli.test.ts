import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sampleStory } from '../../src/cli/sample/story.ts'
import { runCli, temporaryFolder } from '../support/cli.ts'

const COMMANDS = [
  'dev',
  'serve',
  'migrate',
  'send',
  'access',
  'explain',
  'decide',
  'changes',
  'grant',
  'revoke',
  'usage',
  'track',
  'rebuild',
  'verify',
  'dead-letters',
  'release',
  'openapi',
]

let folder: Awaited<ReturnType<typeof temporaryFolder>>
beforeAll(async () => {
  folder = await temporaryFolder()
})
afterAll(() => folder.remove())

describe('help', () => {
  test('lists every command, and the version is that of the package', async () => {
    const help = await runCli(['--help'])
    const version = await runCli(['--version'])

    for (const command of COMMANDS) expect(help.stdout).toMatch(new RegExp(`^  ${command}\\b`, 'm'))
    const packageFile = new URL('../../package.json', import.meta.url)
    const packageJson = JSON.parse(await readFile(packageFile, 'utf8')) as { version: string }
    expect(version.stdout.trim()).toBe(packageJson.version)
  })

  test.each(COMMANDS)('of %s has --json and an example', async (command) => {
    const { code, stdout } = await runCli([command, '--help'])

    expect(code).toBe(0)
    expect(stdout).toContain('--json')
    expect(stdout).toMatch(new RegExp(`Example:[\\s\\S]*proviso ${command}`))
  })
})

describe('an error', () => {
  test('names its code and everything at fault, without a stack', async () => {
    const { code, stdout, stderr } = await runCli(['serve', '--port', 'http'], { cwd: folder.path })

    expect(code).toBe(1)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^error\[config_invalid\]: /)
    for (const setting of ['--port', '--catalog', 'STRIPE_WEBHOOK_SECRET', 'PROVISO_API_KEY']) {
      expect(stderr).toContain(setting)
    }
    expect(stderr).not.toMatch(/^ +at /m)
  })

  test('is JSON with --json, with its problems as a list', async () => {
    const { code, stderr } = await runCli(['serve', '--json'], { cwd: folder.path })

    expect(code).toBe(1)
    const { error } = JSON.parse(stderr) as {
      error: { code: string; details: { problems: object[] } }
    }
    expect(error.code).toBe('config_invalid')
    expect(error.details.problems).toHaveLength(3)
  })

  test('shows where it happened with --verbose', async () => {
    const { stderr } = await runCli(['serve', '--verbose'], { cwd: folder.path })

    expect(stderr).toMatch(/^ +at /m)
  })

  test('of usage has the same form', async () => {
    const { code, stderr } = await runCli(['access', '--nope'])

    expect(code).toBe(1)
    expect(stderr).toMatch(/^error\[invalid_request\]: unknown option '--nope'/)
  })

  test('tells of data that is not there instead of creating it', async () => {
    const { code, stderr } = await runCli(['access', 'ada'], { cwd: folder.path })

    expect(code).toBe(1)
    expect(stderr).toContain('proviso dev')
  })

  test('tells when no service answers', async () => {
    const { code, stderr } = await runCli(['access', 'ada', '--url', 'http://127.0.0.1:1'])

    expect(code).toBe(1)
    expect(stderr).toContain('No service answers at http://127.0.0.1:1')
  })

  test('of a catalog lists every problem', async () => {
    const file = join(folder.path, 'wrong.json')
    const catalog = {
      features: { export: { type: 'flag' } },
      products: {
        a: { match: { prices: ['price_1'] }, grants: { exprot: true } },
        b: { match: { prices: ['price_1'] }, grants: { export: { limit: -1 } } },
      },
    }
    await writeFile(file, JSON.stringify(catalog))

    const { code, stderr } = await runCli(['decide', file, '--catalog', file])

    expect(code).toBe(1)
    expect(stderr).toMatch(/^error\[catalog_invalid\]/)
    expect(stderr).toContain('exprot')
    expect(stderr).toContain('price_1')
    expect(stderr).toContain('-1')
  })
})

const startedAt = 1_790_000_000
const acts = await sampleStory('Storye2e', startedAt)

describe('decide', () => {
  const bought = acts[0]?.events ?? []
  const all = acts.flatMap((act) => act.events)

  async function file(name: string, content: string): Promise<string> {
    const path = join(folder.path, name)
    await writeFile(path, content)
    return path
  }

  interface Answer {
    customers: Record<
      string,
      { features: Record<string, { allowed: boolean; state: string; value: unknown }> }
    >
  }

  test('answers everyone’s access from files alone, in any form, order and number', async () => {
    const jsonl = await file('a.jsonl', bought.map((event) => JSON.stringify(event)).join('\n'))
    const reversed = await file('b.json', JSON.stringify([...bought].reverse(), null, 2))
    const list = await file('c.json', JSON.stringify({ object: 'list', data: bought }))
    const single = await file('d.json', JSON.stringify(bought[3], null, 2))
    const at = ['--at', String(startedAt + 100)]

    const first = await runCli(['decide', jsonl, ...at])
    const second = await runCli(['decide', reversed, single, ...at])
    const third = await runCli(['decide', list, jsonl, ...at])

    expect(first.code).toBe(0)
    const answer = JSON.parse(first.stdout) as Answer
    expect(answer.customers['ada']?.features['seats']).toMatchObject({
      allowed: true,
      state: 'active',
      value: 5,
    })
    expect(answer.customers['ada']).toHaveProperty('needs')
    expect(answer.customers['ada']).toHaveProperty('wakeAt')
    expect(second.stdout).toBe(first.stdout)
    expect(third.stdout).toBe(first.stdout)
  })

  test('answers for the moment asked', async () => {
    const path = await file('all.jsonl', all.map((event) => JSON.stringify(event)).join('\n'))
    const stateAt = async (at: string): Promise<string | undefined> => {
      const { stdout } = await runCli(['decide', path, '--json', '--at', at])
      return (JSON.parse(stdout) as Answer).customers['ada']?.features['export']?.state
    }

    expect(await stateAt(new Date((startedAt + 100) * 1000).toISOString())).toBe('ending')
    expect(await stateAt(String(startedAt + 40 * 86_400))).toBe('ended')
  })

  test.each([
    ['broken.jsonl', '{"id":"evt_1"\n', 'broken.jsonl:1'],
    ['noid.json', '{"type":"invoice.paid","created":1}', 'id: expected'],
    ['thin.json', '{"object":"v2.core.event","id":"evt_1","type":"v1.invoice.paid"}', 'thin'],
  ])('refuses %s and says where and why', async (name, content, says) => {
    const { code, stderr } = await runCli(['decide', await file(name, content)])

    expect(code).toBe(1)
    expect(stderr).toContain(says)
  })
})

test('openapi prints the document', async () => {
  const { code, stdout } = await runCli(['openapi', '--json'])

  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ openapi: '3.1.0', info: { title: 'Proviso' } })
})
