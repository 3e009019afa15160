import { describe, expect, it } from 'vitest'
import { EMPTY_LEDGER, type Allowance } from './ledger.ts'
import { addOver, sorted, strayId } from './stray.ts'

const FIRST = Date.UTC(2026, 1, 1) / 1000
const NEXT = Date.UTC(2026, 2, 1) / 1000

const stray: Allowance = {
  ...{ id: `@${FIRST}`, kind: 'stray', source: '', from: FIRST, until: NEXT, periodEnd: NEXT },
  ...{ amount: 0, spent: 0, over: 0, overage: 'block', isVoid: false, clawbacks: [] },
}

describe('what is used while nothing is given', () => {
  it('is noted in the calendar month of its second, as beyond everything', () => {
    const noted = addOver(EMPTY_LEDGER, 4, NEXT - 1, null)
    expect(noted).toEqual({
      ledger: { ...EMPTY_LEDGER, allowances: [{ ...stray, over: 4 }] },
      burn: { allowance: stray.id, quantity: 4, isOver: true },
    })
    expect([strayId(FIRST), strayId(NEXT)]).toEqual([`@${FIRST}`, `@${NEXT}`])
  })

  it('adds to what was noted in that month, and to no other', () => {
    const first = addOver(EMPTY_LEDGER, 4, NEXT, null).ledger
    const second = addOver(addOver(first, 2, FIRST, null).ledger, 3, FIRST + 9, null).ledger
    expect(second.allowances.map(({ id, over }) => [id, over])).toEqual([
      [`@${FIRST}`, 5],
      [`@${NEXT}`, 4],
    ])
  })

  it('is noted beyond the allowance that is named, without a note of the month', () => {
    const first: Allowance = { ...stray, id: 'a', kind: 'limit' }
    const second: Allowance = { ...stray, id: 'b', kind: 'limit', over: 1 }
    const limits = [first, second]
    const noted = addOver({ ...EMPTY_LEDGER, allowances: limits }, 4, FIRST, 'b')
    expect(noted.ledger.allowances).toEqual([first, { ...second, over: 5 }])
    expect(noted.burn).toEqual({ allowance: 'b', quantity: 4, isOver: true })
  })
})

describe('allowances', () => {
  it('are listed by id, and those given are left as they were', () => {
    const given = ['b', 'c', 'a'].map((id) => ({ ...stray, id }))
    expect(sorted(given).map(({ id }) => id)).toEqual(['a', 'b', 'c'])
    expect(given.map(({ id }) => id)).toEqual(['b', 'c', 'a'])
  })
})
