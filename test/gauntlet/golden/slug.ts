import type { Scenario } from '../../sandbox/scenarios/scenario.ts'

const LONGEST = 72

/** A file name made of a story's rows and title. */
export function slugOf({ rows, title }: Scenario): string {
  const words = title
    .toLowerCase()
    .replace(/[’']/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
  const cut = words.length <= LONGEST ? words : words.slice(0, words.lastIndexOf('-', LONGEST))
  return rows.length === 0 ? cut : `row-${rows.join('-')}-${cut}`
}
