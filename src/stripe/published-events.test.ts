import { describe, expect, test } from 'vitest'
import {
  HAS_EVENTS,
  readPublishedEvents,
  typeVersionTable,
} from '../../test/support/type-version-table.ts'
import { reduce } from './reduce.ts'

describe.skipIf(!HAS_EVENTS)('events others have published (where the folder is there)', () => {
  const events = HAS_EVENTS ? readPublishedEvents() : []

  test('all give a fact where the object is one of ours and has an id', () => {
    const table = typeVersionTable(events)

    expect(table.misses).toEqual([])
    expect(table.rows.length).toBeGreaterThan(40)
    expect(table.withoutId.every((event) => event.startsWith('templates/'))).toBe(true)
  })

  test('name no unreadable field in any API version', () => {
    const problems = events
      .map((event) => reduce(event.observation).problem)
      .filter((problem) => problem?.code === 'unreadable_field')

    expect(problems).toEqual([])
  })

  test('reduce to the same bytes every time', () => {
    for (const { observation } of events) {
      const again = structuredClone(observation)
      expect(JSON.stringify(reduce(again))).toBe(JSON.stringify(reduce(observation)))
    }
  })
})
