import { readFile } from 'node:fs/promises'
import { format, resolveConfig } from 'prettier'
import { beforeAll, describe, expect, test } from 'vitest'
import { STORIES } from '../stories/index.ts'
import { FACTS_OF_RULES } from './facts-of-rules.ts'
import { rulesOfStory } from './rules-of-story.ts'
import { specSection, withSection, type ToldStory } from './spec-section.ts'

/** Told by no events of Stripe's, or a border of keys: tests of their own hold them. */
const TOLD_ELSEWHERE: Readonly<Record<string, string>> = {
  R27: 'test/engine/manual.test.ts',
}

const file = new URL('../../../SPEC.md', import.meta.url).pathname

describe('the rules of SPEC.md', () => {
  let spec: string
  const told: ToldStory[] = []
  beforeAll(async () => {
    spec = await readFile(file, 'utf8')
    for (const story of STORIES) told.push({ story, rules: await rulesOfStory(story) })
  })

  test('are those whose facts are listed', () => {
    const ids = [...spec.matchAll(/^\| (R\d\d) +\|/gmu)].map(([, id]) => id)
    expect([...new Set(ids)].sort()).toEqual(Object.keys(FACTS_OF_RULES).sort())
  })

  test('each have a story', () => {
    const rules = new Set(told.flatMap(({ rules }) => rules))
    const untold = Object.keys(FACTS_OF_RULES).filter((rule) => !rules.has(rule))
    expect(untold).toEqual(Object.keys(TOLD_ELSEWHERE))
  })

  test('are told by every story', () => {
    expect(told.filter(({ rules }) => rules.length === 0).map(({ story }) => story.title)).toEqual(
      [],
    )
  })

  test('are listed with their stories as they are told today', async () => {
    const written = withSection(spec, specSection(told))
    const formatted = await format(written, { ...(await resolveConfig(file)), filepath: file })
    expect(spec === formatted, 'run "npm run spec:stories"').toBe(true)
  })
})
