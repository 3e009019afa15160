import { describe, expect, test } from 'vitest'
import { describeViolation, validateEvent } from '../judges/sdk-schema.ts'
import { ALL_SCENARIOS, NOT_PLAYED } from './all.ts'
import { Stage } from './stage.ts'

/** Rows of stripe-facts §1. */
const ROWS = 99

describe('scenarios', () => {
  test.each(ALL_SCENARIOS)('$rows: $title', async (scenario) => {
    const stage = await Stage.open(scenario)
    await scenario.play(stage)
    const ids = stage.sandbox.events().map(({ id }) => id)
    expect(ids.length).toBeGreaterThan(0)
    for (const id of ids) {
      const event: unknown = await stage.api.rawRequest('GET', `/v1/events/${id}`)
      expect(validateEvent(event).map(describeViolation)).toEqual([])
    }
    await stage.sandbox.close()
  })
})

test('every row is played, or named with the reason why not', () => {
  const played = new Set(ALL_SCENARIOS.flatMap(({ rows }) => rows))
  const open = Array.from({ length: ROWS }, (_, at) => at + 1).filter((row) => !played.has(row))
  expect(open).toEqual(Object.keys(NOT_PLAYED).map(Number))
  expect(played.size).toBeGreaterThanOrEqual(89)
})
