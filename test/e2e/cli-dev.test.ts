import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCli, startCli, temporaryFolder } from '../support/cli.ts'
import type { RunningCli } from '../support/cli.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
beforeAll(async () => {
  folder = await temporaryFolder()
})
afterAll(() => folder.remove())

interface Scene {
  fresh: string[]
  repeated: number
  changes: { customer: string; feature: string; after: { state: string; reasons: object[] } }[]
}

async function dev(...args: string[]): Promise<RunningCli & { url: string }> {
  const running = startCli(['dev', '--json', '--port', '0', ...args], { cwd: folder.path })
  const { url } = await running.line<{ url: string }>((line) => line['event'] === 'ready')
  return { ...running, url }
}

function scenes(running: RunningCli): Scene[] {
  return running
    .stdout()
    .split('\n')
    .filter((line) => line.includes('"event":"story"'))
    .map((line) => JSON.parse(line) as Scene)
}

describe('proviso dev', () => {
  test('plays the story once, serves it, and other commands join its database', async () => {
    const running = await dev()
    try {
      const played = scenes(running)
      const states = played.flatMap(({ changes }) =>
        changes.filter(({ feature }) => feature === 'export').map(({ after }) => after.state),
      )
      // It may be granted by the Checkout first and by the subscription's own bill after.
      const turns = states.filter((state, at) => state !== states[at - 1])
      expect(turns).toEqual(['active', 'ending'])
      const told = played.flatMap(({ fresh }) => fresh)
      expect(told).toContain('checkout.session.completed')
      expect(played.reduce((sum, { repeated }) => sum + repeated, 0)).toBe(told.length)
      for (const { changes } of played) {
        for (const { after } of changes) expect(after.reasons).not.toHaveLength(0)
      }

      // The address that is suggested works without a key, on this machine's names.
      const access = await fetch(`${running.url}/v1/customers/ada/access`)
      expect(await access.json()).toMatchObject({
        features: { seats: { value: 5, state: 'ending' } },
      })

      const joined = await runCli(['access', 'ada', 'seats'], { cwd: folder.path })
      expect(joined.stdout).toContain('seats 5 ending until')
      expect(joined.code).toBe(0)

      const granted = await runCli(['grant', 'grace', 'export'], { cwd: folder.path })
      expect(granted.stdout).toContain('Granted export to grace')
      const check = await fetch(`${running.url}/v1/customers/grace/access/export`)
      expect(await check.json()).toMatchObject({ allowed: true })
    } finally {
      expect(await running.stop('SIGINT')).toBe(0)
    }
  })

  test('keeps its data over a restart and does not play the story again', async () => {
    const running = await dev()
    try {
      expect(scenes(running)).toEqual([])
      expect(running.stdout()).toContain('"event":"story_held"')
      const access = await fetch(`${running.url}/v1/customers/ada/access`)
      expect(await access.json()).toMatchObject({ features: { seats: { state: 'ending' } } })
    } finally {
      await running.stop()
    }
  })

  test('leaves its data readable when it has ended', async () => {
    const { stdout, code } = await runCli(['explain', 'ada', 'export'], { cwd: folder.path })

    expect(code).toBe(0)
    expect(stdout).toContain('What happened')
    expect(stdout).toContain('ending')
    const verified = await runCli(['verify'], { cwd: folder.path })
    expect(verified.stdout).toContain('Clean')
    expect(verified.code).toBe(0)
  })

  test('prints sentences to people, and what to try next', async () => {
    const running = startCli(['dev', '--port', '0', '--no-story'], { cwd: folder.path })
    const deadline = Date.now() + 60_000
    while (!running.stdout().includes('Try next') && Date.now() < deadline) {
      await new Promise((resolve) => setImmediate(resolve))
    }
    await running.stop()

    expect(running.stdout()).toContain('/v1/customers/ada/access')
    expect(running.stdout()).toContain('npx proviso explain ada export')
    expect(running.stdout()).not.toContain('{"')
  })
})
