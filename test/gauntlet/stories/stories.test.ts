import { describe, expect, test } from 'vitest'
import { compileCatalog } from '../../../src/core/compile-catalog.ts'
import { describeViolation, validateEvent } from '../../sandbox/judges/sdk-schema.ts'
import { Stage } from '../../sandbox/scenarios/stage.ts'
import { COMBINATIONS, STORIES } from './index.ts'

/** A story is short enough that its orders can be sampled by the thousand. */
const MOST_EVENTS = 100

describe('a story of several scenarios', () => {
  test.each(COMBINATIONS)('$title', async (story) => {
    const stage = await Stage.open(story)
    await story.play(stage)
    const ids = stage.sandbox.events().map(({ id }) => id)
    expect(ids.length).toBeGreaterThan(0)
    expect(ids.length).toBeLessThanOrEqual(MOST_EVENTS)
    for (const id of ids) {
      const event: unknown = await stage.api.rawRequest('GET', `/v1/events/${id}`)
      expect(validateEvent(event).map(describeViolation)).toEqual([])
    }
    const catalog = story.catalog?.(stage)
    if (catalog !== undefined) expect(compileCatalog(catalog)).toMatchObject({ ok: true })
    await stage.sandbox.close()
  })
})

test('there are at least 36 stories of several scenarios, and no two stories have one title', () => {
  expect(COMBINATIONS.length).toBeGreaterThanOrEqual(36)
  const titles = STORIES.map(({ title }) => title)
  expect(titles.filter((title, at) => titles.indexOf(title) !== at)).toEqual([])
})
