import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCli, startCli, temporaryFolder } from '../support/cli.ts'
import type { RunningCli } from '../support/cli.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let running: RunningCli
let url: string

beforeAll(async () => {
  folder = await temporaryFolder()
  running = startCli(
    ['sandbox', 'serve', '--port', '0', '--json', '--seed', '7', '--now', '2026-01-31T00:00:00Z'],
    { cwd: folder.path },
  )
  url = (await running.line<{ url: string }>((line) => line['event'] === 'listening')).url
})
afterAll(async () => {
  await running.stop('SIGINT')
  await folder.remove()
})

const sandbox = (command: string, ...args: string[]) =>
  runCli(['sandbox', command, '--url', url, ...args], { cwd: folder.path })

describe('proviso sandbox', () => {
  test('serve prints its port as one JSON line and answers the API', async () => {
    expect(JSON.parse(running.stdout().trim())).toMatchObject({
      event: 'listening',
      port: Number(new URL(url).port),
      key: expect.stringMatching(/^sk_test_/) as string,
    })
    const answer = await fetch(`${url}/v1/customers`, {
      headers: { authorization: 'Bearer sk_test_localsandbox1' },
    })
    expect(await answer.json()).toMatchObject({ object: 'list', data: [] })
  })

  test('advance moves the time by what it is told, and status shows it', async () => {
    const moved = await sandbox('advance', '31d', '--json')
    expect(JSON.parse(moved.stdout)).toMatchObject({
      now: Date.parse('2026-03-03T00:00:00Z') / 1000,
    })
    const { stdout } = await sandbox('status')
    expect(stdout).toContain('2026-03-03 00:00:00 UTC')
  })

  test.each([
    ['advance', 'a while', '"a while" is no duration'],
    ['advance', '-3d', 'no duration'],
    ['chaos', 'duplicate=2', 'duplicate is 2'],
    ['chaos', 'dupe=0.1', 'no knob "dupe"'],
    ['faults', 'close', '"close" is no knob=value pair'],
    ['settings', 'afterRetries=7', 'afterRetries cannot be 7'],
  ])('%s %s is refused, naming what is wrong', async (command, value, message) => {
    const { code, stderr } = await sandbox(command, '--', value)
    expect(code).toBe(1)
    expect(stderr).toContain(message)
  })

  test('knobs are shown as they stand, and keep what they were given', async () => {
    await sandbox('chaos', 'duplicate=0.3', 'reorder=8')
    const { stdout } = await sandbox('chaos', '--json')
    expect(JSON.parse(stdout)).toMatchObject({ duplicate: 0.3, reorder: 8, drop: 0 })
    const settings = await sandbox('settings', 'retryDays=3,7,14', 'afterRetries=unpaid', '--json')
    expect(JSON.parse(settings.stdout)).toMatchObject({
      retryDays: [3, 7, 14],
      afterRetries: 'unpaid',
    })
  })

  test('a sandbox that is not there is told, with how to start one', async () => {
    const { code, stderr } = await runCli(['sandbox', 'status', '--url', 'http://127.0.0.1:9'])
    expect(code).toBe(1)
    expect(stderr).toContain('No sandbox answers at http://127.0.0.1:9')
    expect(stderr).toContain('proviso sandbox serve')
  })

  test('a taken port is told, and names the flag', async () => {
    const { code, stderr } = await runCli(['sandbox', 'serve', '--port', new URL(url).port])
    expect(code).toBe(1)
    expect(stderr).toContain('--port')
  })
})

test('dev --stripe without a key says which one it needs', async () => {
  const { code, stderr } = await runCli(['dev', '--stripe'], { cwd: folder.path })
  expect(code).toBe(1)
  expect(stderr).toContain('STRIPE_API_KEY')
})
