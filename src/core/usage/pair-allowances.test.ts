import { describe, expect, it } from 'vitest'
import type { Allowance } from './ledger.ts'
import { pairAllowances } from './pair-allowances.ts'

const START = 1_770_000_000
const HOUR = 3600
const DAY = 86_400
const END = START + 30 * DAY

const limit = (from: number, periodEnd: number | null, fields: Partial<Allowance> = {}) => {
  const one: Allowance = {
    ...{ id: `sub_1@${from}`, kind: 'limit', source: 'sub_1', from, until: periodEnd, periodEnd },
    ...{ amount: 100, spent: 0, over: 0, overage: 'block', isVoid: false, clawbacks: [] },
    ...fields,
  }
  return one
}

const month = limit(START, END)

const arePaired = (known: Allowance, given: Allowance) =>
  pairAllowances([known], [given]).get(given) === known

describe('a given period', () => {
  it.each([
    ['begins and ends as the known one does', limit(START, END)],
    ['has its id, whatever its span', limit(END, END + DAY, { id: month.id })],
    ['begins an hour sooner, with another end', limit(START - HOUR, END - 2 * DAY)],
    ['begins an hour later, with another end', limit(START + HOUR, END + 2 * DAY)],
    ['ends an hour sooner, with a later beginning', limit(START + 2 * DAY, END - HOUR)],
    ['ends an hour later, with a later beginning', limit(START + 2 * DAY, END + HOUR)],
    ['was foretold to begin a day later and to end a day later', limit(START - DAY, END - DAY)],
  ])('that %s is the known one', (_, given) => {
    expect(arePaired(month, given)).toBe(true)
  })

  it.each([
    ['begins a second more than an hour off', limit(START + HOUR + 1, END + 2 * DAY)],
    ['ends a second more than an hour off', limit(START + 2 * DAY, END + HOUR + 1)],
    ['is the one after it', limit(END, END + 30 * DAY)],
    ['is the one before it', limit(START - 30 * DAY, START)],
    ['begins within it', limit(START + 5 * DAY, END + 5 * DAY)],
    ['lies within it', limit(START + 5 * DAY, END - 5 * DAY)],
  ])('that %s is another than the known one', (_, given) => {
    expect(arePaired(month, given)).toBe(false)
  })

  it('may have turned from monthly to yearly: of the same span it is the same', () => {
    const id = `sub_1/1year@${START}`
    expect(arePaired(month, limit(START, END, { id }))).toBe(true)
    expect(arePaired(month, limit(START + HOUR, END - HOUR, { id }))).toBe(true)
  })

  it.each([
    ['begins with it', limit(START, END + 330 * DAY)],
    ['ends with it', limit(START - 330 * DAY, END)],
    ['holds it', limit(START - 30 * DAY, END + 30 * DAY)],
  ])('by the year is another than one by the month, though it %s', (_, { from, periodEnd }) => {
    const yearly = limit(from, periodEnd, { id: `sub_1/1year@${from}` })
    expect(arePaired(month, yearly)).toBe(false)
    expect(arePaired(month, limit(from, periodEnd))).toBe(true)
  })

  it('is another where another source gives it, or where it gives something else', () => {
    const other = { id: `sub_2@${START}`, source: 'sub_2' }
    expect(arePaired(month, limit(START, END, other))).toBe(false)
    expect(arePaired(month, limit(START + 60, END, { kind: 'credits' }))).toBe(false)
  })

  it('is another than what the same source gave once', () => {
    const once = limit(START, null, { id: 'sub_1' })
    expect(arePaired(once, month)).toBe(false)
    expect(arePaired(month, once)).toBe(false)
    expect(arePaired(once, limit(START + DAY, null, { id: 'sub_1' }))).toBe(true)
  })

  it('follows another of its source also where the source’s own name has an @', () => {
    const named = (at: number, to: number, source = 'manual/a@b') =>
      limit(at, to, { id: `${source}@${at}`, source })
    expect(arePaired(named(START, END), named(START + 60, END + DAY))).toBe(true)
  })
})

describe('each known period', () => {
  it('is one given period at most, and the other way round', () => {
    const twin = limit(START + 600, END + 600)
    const first = limit(START, END)
    expect([...pairAllowances([month, twin], [first])]).toEqual([[first, month]])
    expect([...pairAllowances([month], [first, twin])]).toEqual([[first, month]])
  })

  it('is that of its own id before any other that is near', () => {
    const near = limit(START - 600, END - 600)
    const same = limit(START, END)
    const pairs = pairAllowances([month], [near, same])
    expect(pairs.get(same)).toBe(month)
    expect(pairs.has(near)).toBe(false)
  })

  it('is that of its own span before one that only begins with it', () => {
    const begins = limit(START - 60, END + 10 * DAY)
    const spans = limit(START + 60, END + 60)
    const pairs = pairAllowances([month], [begins, spans])
    expect([...pairs]).toEqual([[spans, month]])
  })
})
