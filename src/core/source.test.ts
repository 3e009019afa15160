import { describe, expect, it } from 'vitest'
import { alert, always, because, Timeline } from './source.ts'

const why = (code: string) => because(code, `${code}.`)

describe('a timeline', () => {
  it('goes on from where it ended, without gap, and never ends', () => {
    const segments = new Timeline()
      .until(10, 'trial', why('a'))
      .taken(20, 'suspended', why('b'))
      .waiting(30, 'active', why('c'))
      .after('ended', why('d'))

    expect(segments).toEqual([
      { from: -Infinity, to: 10, state: 'trial', reason: why('a') },
      { from: 10, to: 20, state: 'suspended', reason: why('b'), isTaken: true },
      { from: 20, to: 30, state: 'active', reason: why('c'), isWaiting: true },
      { from: 30, to: null, state: 'ended', reason: why('d') },
    ])
  })

  it.each(['until', 'taken', 'waiting'] as const)(
    'takes nothing that is over before it: %s',
    (kind) => {
      const timeline = new Timeline().until(10, 'active', why('a'))
      timeline[kind](9, 'ended', why('b'))
      timeline[kind](10, 'ended', why('c'))

      expect(timeline.end).toBe(10)
      expect(timeline.after('none', why('d'))).toHaveLength(2)
      expect(timeline[kind](11, 'ended', why('e')).end).toBe(11)
    },
  )

  it('says where evidence took access away for good', () => {
    expect(new Timeline().takenAfter('suspended', why('a'))).toEqual([
      { from: -Infinity, to: null, state: 'suspended', reason: why('a'), isTaken: true },
    ])
  })

  it('of what the clock cannot change is one state for all time', () => {
    expect(always('ended', why('a'))).toEqual([
      { from: -Infinity, to: null, state: 'ended', reason: why('a') },
    ])
  })
})

describe('a reason', () => {
  it('names what it rests on in lists of its own', () => {
    const events = ['evt_1']
    const reason = because('code', 'Why.', events, ['sub_1'])

    expect(reason).toEqual({ code: 'code', message: 'Why.', events: ['evt_1'], objects: ['sub_1'] })
    expect(reason.events).not.toBe(events)
    expect(because('code', 'Why.')).toMatchObject({ events: [], objects: [] })
  })
})

describe('an alert', () => {
  it('is of bounded length and safe to show', () => {
    const { message, objects, code } = alert('code', `${'x'.repeat(500)}\u0000`, ['in_1'])

    expect([code, objects]).toEqual(['code', ['in_1']])
    expect(message).toBe(`${'x'.repeat(400)}…`)
  })
})
