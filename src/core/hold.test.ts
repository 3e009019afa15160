import { describe, expect, it } from 'vitest'
import { applyHold, type Hold } from './hold.ts'
import { always, because, Timeline, type Segment } from './source.ts'

const why = (code: string) => because(code, `${code}.`)

/** Paid to 100, grace to 200, then suspended. */
const timeline = (): Segment[] =>
  new Timeline()
    .until(100, 'active', why('paid'))
    .until(200, 'grace', why('grace'))
    .after('suspended', why('over'))

const outage: Hold = { cause: 'outage', from: 150, until: 400 }
const breaker: Hold = { cause: 'breaker', from: 150, until: null }

describe('a timeline', () => {
  it('is in the state whose span the second is in, the end not included', () => {
    expect(applyHold(timeline(), null, 99)).toMatchObject({ state: 'active', changesAt: 100 })
    expect(applyHold(timeline(), null, 100)).toMatchObject({ state: 'grace', changesAt: 200 })
    expect(applyHold(timeline(), null, 200)).toMatchObject({ state: 'suspended', changesAt: null })
  })

  it('holds until the last of the allowed spans that follow each other', () => {
    expect(applyHold(timeline(), null, 50).until).toBe(200)
    expect(applyHold(timeline(), null, 250).until).toBeNull()
    expect(applyHold(always('active', why('x')), null, 250).until).toBeNull()
  })
})

describe('after an outage', () => {
  it('access that only the clock ended meanwhile stays until the hold is over', () => {
    expect(applyHold(timeline(), outage, 250)).toMatchObject({
      state: 'grace',
      until: 400,
      changesAt: 400,
      reason: { code: 'outage_hold' },
    })
  })

  it('says for people why and what would have been', () => {
    const { message } = applyHold(timeline(), outage, 250).reason
    expect(message).toBe(
      'Kept while the service catches up (outage); would have ended 1970-01-01 00:03 UTC.',
    )
  })

  it('access that had ended before stays ended', () => {
    const before = { ...outage, from: 201 }
    expect(applyHold(timeline(), before, 250).state).toBe('suspended')
  })

  it('access that ends while the hold lasts is promised to its end', () => {
    expect(applyHold(timeline(), outage, 160)).toMatchObject({ state: 'grace', until: 400 })
  })

  it('access that outlasts the hold keeps its own end', () => {
    const long = new Timeline().until(900, 'active', why('paid')).after('ended', why('over'))
    expect(applyHold(long, outage, 160)).toMatchObject({ state: 'active', until: 900 })
  })

  it('the hold ends by itself', () => {
    expect(applyHold(timeline(), outage, 399).state).toBe('grace')
    expect(applyHold(timeline(), outage, 400).state).toBe('suspended')
  })

  it('what Stripe itself took away stays away: no clock ended it', () => {
    const ended = always('ended', why('subscription_ended'))
    expect(applyHold(ended, outage, 250)).toMatchObject({ state: 'ended', until: null })
  })

  it('what a dispute took away stays away, though an earlier paid period ended meanwhile', () => {
    const disputed = new Timeline()
      .until(160, 'active', why('paid'))
      .taken(300, 'suspended', why('dispute_open'))
      .after('suspended', why('over'))
    for (const now of [200, 350]) {
      expect(applyHold(disputed, outage, now).state, String(now)).toBe('suspended')
    }
    expect(applyHold(disputed, outage, 155)).toMatchObject({ state: 'active', until: 160 })
  })

  it('what evidence ends for good after a paid period stays ended', () => {
    const reversed = new Timeline()
      .until(160, 'active', why('paid'))
      .takenAfter('suspended', why('payment_reversed'))
    expect(applyHold(reversed, outage, 200)).toMatchObject({ state: 'suspended', until: null })
  })

  it('what began before the hold and was taken only later is not taken early', () => {
    const later = new Timeline()
      .until(160, 'active', why('paid'))
      .until(200, 'suspended', why('over'))
      .takenAfter('suspended', why('payment_reversed'))
    expect(applyHold(later, outage, 180)).toMatchObject({ state: 'active', until: 400 })
    expect(applyHold(later, outage, 200)).toMatchObject({ state: 'suspended' })
  })

  it('access that ends in the very second in which the hold begins is kept, and of before is not', () => {
    const paid = (end: number) =>
      new Timeline().until(end, 'active', why('paid')).after('suspended', why('over'))
    expect(applyHold(paid(150), outage, 200).state).toBe('active')
    expect(applyHold(paid(149), outage, 200).state).toBe('suspended')
    expect(applyHold(paid(150), outage, 149).until).toBe(400)
    expect(applyHold(paid(149), outage, 148).until).toBe(149)
  })

  it('access that ends with the hold or after it keeps its own end', () => {
    const paid = (end: number) =>
      new Timeline().until(end, 'active', why('paid')).after('suspended', why('over'))
    expect(applyHold(paid(400), outage, 200).until).toBe(400)
    expect(applyHold(paid(399), outage, 200).until).toBe(400)
    expect(applyHold(paid(500), outage, 200).until).toBe(500)
  })

  it('the latest access that ended is the one that is kept', () => {
    const twice = new Timeline()
      .until(160, 'active', why('paid'))
      .until(170, 'pending', why('open'))
      .until(180, 'grace', why('failed'))
      .after('suspended', why('over'))
    expect(applyHold(twice, outage, 200)).toMatchObject({ state: 'grace' })
    expect(applyHold(twice, outage, 165)).toMatchObject({ state: 'active' })
  })

  it('access of another kind that follows is what it is, not what went before', () => {
    const early: Hold = { cause: 'outage', from: 50, until: 400 }
    expect(applyHold(timeline(), early, 150)).toMatchObject({
      state: 'grace',
      reason: { code: 'grace' },
    })
  })

  it('nobody gains what they never had', () => {
    const never = new Timeline().until(160, 'pending', why('a')).after('none', why('b'))
    expect(applyHold(never, outage, 250).state).toBe('none')
  })
})

describe('when the breaker holds', () => {
  it('access stays until a person releases it, and nothing wakes by the clock', () => {
    expect(applyHold(timeline(), breaker, 5000)).toMatchObject({
      state: 'grace',
      until: null,
      changesAt: null,
      reason: { code: 'breaker_hold' },
    })
  })

  it('access that would end is promised without an end', () => {
    expect(applyHold(timeline(), breaker, 120)).toMatchObject({ state: 'grace', until: null })
  })

  it('losses of before it began stand', () => {
    expect(applyHold(timeline(), { ...breaker, from: 201 }, 5000).state).toBe('suspended')
  })
})
