import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Finding } from '../core/result.ts'
import { STORIES } from '../stories/index.ts'
import { verdictOf, type GauntletResults } from './results.ts'
import { ROWS_TO_READ, undecidedStories } from './undecided-rows.ts'

const asking = (...needs: string[]): Finding => ({
  ...{ customer: 'app', feature: 'pro', at: 0, got: 'none', expected: 'allowed', needs },
  ...{ after: 1, of: 1, kind: 'any order', arrivals: 1, replay: '' },
})
const story = (name: string, rows: number[], ...undecided: Finding[]) => ({ name, rows, undecided })
const LINE_ITEMS = 'checkout_session cs_1: line items are never in a webhook'

describe('a story that is undecided without a read', () => {
  test('is listed where one of its rows is told by that read alone', () => {
    const runs = [story('28: a debit', [28], asking(LINE_ITEMS)), story('41: dunning', [41])]

    expect(undecidedStories(runs)).toEqual({ listed: ['28: a debit'], unlisted: [] })
  })

  test('is a failure where none of its rows is listed', () => {
    const runs = [story('41: dunning', [41], asking(LINE_ITEMS))]

    expect(undecidedStories(runs)).toEqual({ listed: [], unlisted: ['41: dunning'] })
  })

  test('is a failure where something else has to be read than its row is listed with', () => {
    const runs = [story('29: a purchase', [29], asking('subscription sub_1: not seen'))]

    expect(undecidedStories(runs)).toEqual({ listed: [], unlisted: ['29: a purchase'] })
  })

  test('is a failure also where only the service met one that is not listed', () => {
    const name = '29: a purchase'
    const core = story(name, [29], asking(LINE_ITEMS))
    const service = { ...story(name, [29], asking()), wrongFinal: [], unsafe: [], faults: [] }
    const results = {
      ...{ core: [{ ...core, wrongFinal: [], unsafe: [] }], service: [service] },
      ...{ contests: [], captured: null, failures: [] },
    } as unknown as GauntletResults

    expect(verdictOf(results)).toMatchObject({ undecided: [], unlisted: [name] })
  })
})

test('every row that only a read tells has a story', () => {
  const told = new Set(STORIES.flatMap(({ rows }) => rows))
  const rows = Object.keys(ROWS_TO_READ).map(Number)

  expect(rows.filter((row) => !told.has(row))).toEqual([])
})

test('The rows that only a read decides are those that SPEC.md lists', () => {
  const spec = readFileSync(new URL('../../../SPEC.md', import.meta.url), 'utf8')

  const [, listed = ''] = /\*\*Line items of Checkout\*\* \(rows ([\d, ]+)\)/.exec(spec) ?? []

  expect(listed.split(', ').map(Number)).toEqual(Object.keys(ROWS_TO_READ).map(Number))
})
