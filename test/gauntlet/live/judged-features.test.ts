import { expect, test } from 'vitest'
import { STORIES } from '../stories/index.ts'
import type { Contestant } from './contestant.ts'
import { judgedFeatures } from './judged-features.ts'
import { overStory } from './over-story.ts'

async function judged(title: string, covers?: Contestant['covers']): Promise<string[]> {
  const story = STORIES.find((each) => each.title === title) ?? expect.fail(`no story "${title}"`)
  const over = await overStory(story)
  try {
    return [...judgedFeatures(covers === undefined ? {} : { covers }, over)].sort()
  } finally {
    await over.close()
  }
}

const PURCHASE =
  'A one-off payment by bank debit is paid, or fails, days after its session completed'
const SUBSCRIPTION = 'A card buys a subscription: the money comes first, and it is born active'

test('who sells no purchases is not judged by a story of one', async () => {
  expect(await judged(PURCHASE, ['subscriptions'])).toEqual([])
  expect(await judged(PURCHASE, ['subscriptions', 'purchases'])).toEqual(['pro', 'seats'])
})

test('who sells subscriptions is judged by all features of a subscription', async () => {
  expect(await judged(SUBSCRIPTION, ['subscriptions'])).toEqual(['pro', 'seats'])
})

test('who names no limits is judged by everything', async () => {
  expect(await judged(PURCHASE)).toEqual(['pro', 'seats'])
})
