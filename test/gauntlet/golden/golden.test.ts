import { existsSync } from 'node:fs'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { FeatureAccess } from '../../../src/core/decision.ts'
import type { Story } from '../../../src/core/explain.ts'
import { STORIES } from '../stories/index.ts'
import { slugOf } from './slug.ts'
import { toldStory } from './told-story.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const IS_UPDATE = process.env['PROVISO_UPDATE_GOLDEN'] === '1'
const UPDATE =
  'PROVISO_UPDATE_GOLDEN=1 npx vitest run --project gauntlet test/gauntlet/golden, and read what changed'

/** Lines: what is longer nobody forwards to a customer. */
const LONGEST = 60

const named = STORIES.map((story) => ({ story, title: story.title, slug: slugOf(story) }))

/** What each feature was last concluded to be, and what it is. */
function concluded(story: Story | null): Record<string, unknown> {
  const last = new Map(
    (story?.turns ?? []).flatMap(({ conclusions }) =>
      conclusions.map(({ feature, after }) => [feature, answerOf(after)] as const),
    ),
  )
  const features = Object.keys(story?.features ?? {})
  return Object.fromEntries(
    features.map((name) => [name, last.has(name) ? last.get(name) : 'not to be had']),
  )
}

function verdictOf(story: Story | null): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(story?.features ?? {}).map(([name, access]) => [name, answerOf(access)]),
  )
}

function answerOf({ allowed, value }: FeatureAccess): unknown {
  return allowed ? value : 'not to be had'
}

describe('the story told to a person', () => {
  test.each(named)('$title', async ({ story, slug }) => {
    const { story: told, text } = await toldStory(story)
    expect(concluded(told), 'the last conclusions are the verdict').toEqual(verdictOf(told))
    expect(text).not.toMatch(/undefined|null|NaN|\[object/)
    expect(text.split('\n').length).toBeLessThanOrEqual(LONGEST)
    const file = `${HERE}${slug}.txt`
    if (IS_UPDATE) return writeFile(file, text)
    const golden = existsSync(file) ? await readFile(file, 'utf8') : ''
    expect(
      text,
      `test/gauntlet/golden/${slug}.txt differs. If the new text is right: ${UPDATE}`,
    ).toBe(golden)
  })

  test('is kept for every story and for nothing else', async () => {
    const slugs = named.map(({ slug }) => `${slug}.txt`)
    expect(new Set(slugs).size, 'two stories share a title').toBe(slugs.length)
    const files = (await readdir(HERE)).filter((file) => file.endsWith('.txt'))
    const left = files.filter((file) => !slugs.includes(file))
    if (IS_UPDATE) await Promise.all(left.map((file) => rm(`${HERE}${file}`)))
    else expect(left, `files without a story: ${UPDATE}`).toEqual([])
  })
})
