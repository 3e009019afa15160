import { beforeAll, describe, expect, test } from 'vitest'
import { STORIES } from '../stories/index.ts'
import type { CoreResult, Finding } from './result.ts'
import { nameOf } from './run-core.ts'
import { runAll } from './workers.ts'

/**
 * Every story's events come to the core in some of their orders, repeated, told twice, in two shapes,
 * with holes, the clock moving between. `npm run gauntlet` tries many more.
 */
const ORDERS = Number(process.env['PROVISO_ORDERS'] ?? 3)
const SEED = process.env['PROVISO_SEED'] ?? 'gauntlet'

const results = new Map<string, CoreResult>()

beforeAll(async () => {
  const stories = STORIES.map((_, story) => story)
  for (const result of await runAll({ stories, orders: ORDERS, seed: SEED, workers: 2 })) {
    results.set(result.name, result)
  }
}, 300_000)

describe(`in whatever order it comes (seed ${SEED}), the core ends right and grants nothing unvouched`, () => {
  test.each(STORIES.map((story) => ({ name: nameOf(story) })))('$name', ({ name }) => {
    const result = results.get(name)
    expect(result?.orders).toBe(ORDERS)
    expect(result?.wrongFinal.map(told), 'wrong final').toEqual([])
    expect(result?.unsafe.map(told), 'unsafe grants').toEqual([])
    // As it happened, nobody unpaid is served, and a payer waits for nothing but a read.
    const { servedSeconds, blockedSeconds = 0, waitingSeconds, spans } = result ?? {}
    expect(
      { servedSeconds, blocked: blockedSeconds - (waitingSeconds ?? 0) },
      JSON.stringify(spans),
    ).toEqual({
      servedSeconds: 0,
      blocked: 0,
    })
  })

  test('what only a read can tell is asked for', () => {
    const undecided = [...results.values()].flatMap((result) => result.undecided)
    expect(undecided.filter(({ needs }) => needs.length === 0)).toEqual([])
  })
})

function told({ customer, feature, at, got, expected, replay }: Finding): string {
  const second = new Date(at * 1_000).toISOString()
  return `${customer} ${feature} at ${second}: got ${got}; expected ${expected}\n${replay}`
}
