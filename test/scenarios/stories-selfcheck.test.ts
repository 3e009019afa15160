import { describe, expect, it } from 'vitest'
import { stories } from '../support/stories/index.ts'
import { bodyAt, isEvent } from '../support/stripe/index.ts'
import { mayBeAllowed } from '../support/witness.ts'

const RULES = Array.from({ length: 30 }, (_, index) => `R${String(index + 1).padStart(2, '0')}`)
// R26 is a border of keys and R27 are manual grants: neither is told by one account's events.
const UNTOLD = new Set(['R26', 'R27'])
const told = stories.flatMap((story) => story.shapes.map((shape) => ({ story, shape })))

describe('the stories', () => {
  it('have names of their own', () => {
    expect(new Set(stories.map((story) => story.name)).size).toBe(stories.length)
  })

  it('tell of every rule and of no other', () => {
    const rules = new Set(stories.flatMap((story) => story.rules))
    expect([...rules].sort()).toEqual(RULES.filter((rule) => !UNTOLD.has(rule)))
  })

  it('never share an event or object id', () => {
    const owner = new Map<string, string>()
    for (const story of stories) {
      const ids = story.build('basil').flatMap((body) => {
        const id = isEvent(body) ? body.data.object['id'] : body.id
        return typeof id === 'string' ? [id, ...(isEvent(body) ? [body.id] : [])] : []
      })
      for (const id of new Set(ids)) {
        if (/^pm_/.test(id)) continue
        expect(owner.get(id) ?? story.name, id).toBe(story.name)
        owner.set(id, story.name)
      }
    }
  })

  it.each(told)('$shape: $story.name', ({ story, shape }) => {
    const bodies = story.build(shape)
    const ids = bodies.filter(isEvent).map((event) => event.id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(story.build(shape)).toEqual(bodies)

    const begins = Math.min(...bodies.map(bodyAt))
    for (const { at, customer, features } of story.checkpoints) {
      const held = bodies.filter((body) => bodyAt(body) <= at)
      expect(Number.isInteger(at)).toBe(true)
      expect(at).toBeGreaterThan(begins)
      for (const [feature, expected] of Object.entries(features)) {
        expect(Object.keys(story.catalog.features)).toContain(feature)
        if (!expected.allowed) continue
        const question = { customer, feature, at }
        expect(mayBeAllowed(story, held, question), `${feature} of ${customer} at ${at}`).toBe(true)
      }
    }
    expect(Math.max(...story.checkpoints.map(({ at }) => at))).toBeGreaterThanOrEqual(
      Math.max(...bodies.map(bodyAt)),
    )
  })

  it('hold that nobody is served by nothing', () => {
    for (const story of stories) {
      for (const { at, customer, features } of story.checkpoints) {
        for (const feature of Object.keys(features)) {
          expect(mayBeAllowed(story, [], { customer, feature, at }), story.name).toBe(false)
        }
      }
    }
  })
})
