/**
 * Stories as they happen, and long after, before contestants that take the same deliveries.
 * `npm run gauntlet` plays them all, with the peers beside.
 */
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { oracle } from '../oracle/index.ts'
import { openDatabases, type Databases } from '../service/databases.ts'
import { STORIES } from '../stories/index.ts'
import type { Answer, Contestant } from './contestant.ts'
import { proviso, provisoWithoutKey } from './proviso.ts'
import { runLate } from './run-late.ts'
import { runLive } from './run-live.ts'

let databases: Databases
beforeAll(async () => {
  databases = await openDatabases(inject('postgresUrl'))
})
afterAll(() => databases.close())

const named = (title: string) =>
  STORIES.find((story) => story.title === title) ?? expect.fail(`no story "${title}"`)

const PLAYED = [
  'A card buys a subscription: the money comes first, and it is born active',
  'A trial ends and the card is declined: past due',
  'A one-off payment by bank debit is paid, or fails, days after its session completed',
]

describe('as it happens', () => {
  test.each(PLAYED)('nobody is blocked or served for nothing: %s', async (title) => {
    const results = await runLive({
      scenario: named(title),
      contestants: [proviso],
      oracle,
      databases,
    })

    expect(results).toHaveLength(1)
    expect(results[0]).toMatchObject({
      wrongFinal: [],
      score: { settled: { exact: { blocked: 0, unpaid: 0, otherValue: 0 } } },
    })
    expect(results[0]?.score.settled.exact.due).toBeGreaterThan(0)
  })

  test('what is answered wrongly is counted in seconds', async () => {
    const [everyone, nobody] = await runLive({
      scenario: named(
        'A trial ends without a card and pauses: no invoice, and the entitlements are told',
      ),
      contestants: [serving('everyone', true), serving('nobody', false)],
      oracle,
      databases,
    })

    const time = everyone?.score.settled.exact ?? expect.fail('no score')
    expect(time).toMatchObject({ blocked: 0, unpaid: time.notDue })
    expect(time.notDue).toBeGreaterThan(30 * 86_400)
    expect(nobody?.score.settled.exact).toMatchObject({ blocked: time.due, unpaid: 0 })
    expect(everyone?.wrongFinal).not.toEqual([])
    expect(nobody?.wrongFinal).toEqual([])
  })
})

test('long after, all that was told comes out the same in any disorder', async () => {
  const results = await runLate({
    scenario: named('A trial ends and the card is declined: past due'),
    contestants: [proviso, provisoWithoutKey],
    oracle,
    seed: 'late',
    orders: 2,
    databases,
  })

  expect(results.map(({ versions }) => versions)).toEqual(['mixed', 'mixed', 'mixed', 'mixed'])
  for (const result of results) expect(result.wrongFinal).toEqual([])
  expect(results.every(({ deliveries, events }) => deliveries > events)).toBe(true)
})

/** Answers the same of everyone whom any event names. */
function serving(name: string, allowed: boolean): Contestant {
  return {
    name,
    setUp: 'A contestant of the test.',
    async open({ catalog }) {
      const known = new Set<string>()
      return {
        reads: 0,
        async take(request) {
          for (const [customer] of (await request.text()).matchAll(/cus_\w+/g)) known.add(customer)
          return new Response()
        },
        answers: async () =>
          [...known].flatMap((customer) =>
            Object.keys(catalog.features).map((feature): Answer => ({
              customer,
              feature,
              allowed,
              value: 1,
              until: null,
            })),
          ),
        close: async () => undefined,
      }
    },
  }
}
