import { describe, expect, it } from 'vitest'
import { parcelOf } from '../../test/support/holding.ts'
import { stories } from '../../test/support/stories/index.ts'
import { told } from '../../test/support/told.ts'
import { buildFacts } from './facts.ts'
import { GrowingFacts } from './growing-facts.ts'

describe('facts that grow', () => {
  it('are at every step those of the whole set, for every story', () => {
    for (const story of stories.slice(0, 25)) {
      const heard = story
        .build(story.shapes[0] ?? 'basil')
        .map((body) => parcelOf(body).parts.map(({ snapshot }) => snapshot))
      const growing = new GrowingFacts()
      heard.forEach((snapshots, index) => {
        const whole = buildFacts(heard.slice(0, index + 1).flat())
        expect(growing.add(snapshots)).toEqual(whole)
      })
    }
  })

  it('leave what was handed out before as it was', () => {
    const growing = new GrowingFacts()
    const first = growing.add([told('invoice', 'in_1', { status: 'open' })])
    growing.add([told('invoice', 'in_1', { status: 'paid' }), told('invoice', 'in_0')])
    expect([...first.invoices.values()].map(({ state }) => state.status)).toEqual(['open'])
  })

  it('forget that an object is missing once it is seen', () => {
    const growing = new GrowingFacts()
    expect([...growing.add([told('charge', 'ch_1', null)]).missing]).toEqual(['ch_1'])
    const seen = told('charge', 'ch_1', {}, { at: 2_000_000_000 })
    expect([...growing.add([seen]).missing]).toEqual([])
  })
})
