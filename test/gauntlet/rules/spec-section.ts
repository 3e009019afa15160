import type { Scenario } from '../../sandbox/scenarios/scenario.ts'
import { slugOf } from '../golden/slug.ts'
import { FACTS_OF_RULES } from './facts-of-rules.ts'

export const BEGIN = '<!-- stories: written by `npm run spec:stories` -->'
export const END = '<!-- end of stories -->'

export interface ToldStory {
  readonly story: Scenario
  readonly rules: readonly string[]
}

/** The rules with their facts and stories, and the stories themselves, as they stand in SPEC.md. */
export function specSection(told: readonly ToldStory[]): string {
  const rules = Object.entries(FACTS_OF_RULES).map(([rule, facts]) => {
    const numbers = told.flatMap(({ rules }, index) => (rules.includes(rule) ? index + 1 : []))
    return `| ${rule} | ${facts} | ${ranges(numbers)} |`
  })
  const stories = told.map(({ story, rules }, index) => {
    const title = `[${story.title}](test/gauntlet/golden/${slugOf(story)}.txt)`
    return `| ${index + 1} | ${title} | ${story.rows.join(', ')} | ${rules.join(' ')} |`
  })
  return [
    BEGIN,
    '',
    '| rule | rests on | stories |',
    '| --- | --- | --- |',
    ...rules,
    '',
    '| story | what happens, and how it is explained | rows | rules |',
    '| --- | --- | --- | --- |',
    ...stories,
    '',
    END,
  ].join('\n')
}

/** Puts the section in the place of the one that is there. @throws {Error} where there is no place for it. */
export function withSection(spec: string, section: string): string {
  const from = spec.indexOf(BEGIN)
  const to = spec.indexOf(END)
  if (from === -1 || to === -1) throw new Error(`SPEC.md lacks "${BEGIN}" … "${END}"`)
  return spec.slice(0, from) + section + spec.slice(to + END.length)
}

/** `1–3, 7`. */
function ranges(numbers: readonly number[]): string {
  const spans: [number, number][] = []
  for (const number of numbers) {
    const last = spans.at(-1)
    if (last?.[1] === number - 1) last[1] = number
    else spans.push([number, number])
  }
  return spans.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(', ')
}
