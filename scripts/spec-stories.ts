import { readFile, writeFile } from 'node:fs/promises'
import { format, resolveConfig } from 'prettier'
import { rulesOfStory } from '../test/gauntlet/rules/rules-of-story.ts'
import { specSection, withSection, type ToldStory } from '../test/gauntlet/rules/spec-section.ts'
import { STORIES } from '../test/gauntlet/stories/index.ts'

/** Writes into SPEC.md which stories put each rule to work. A test compares the two. */
const file = new URL('../SPEC.md', import.meta.url).pathname
const told: ToldStory[] = []
for (const story of STORIES) told.push({ story, rules: await rulesOfStory(story) })
const spec = withSection(await readFile(file, 'utf8'), specSection(told))
await writeFile(file, await format(spec, { ...(await resolveConfig(file)), filepath: file }))
console.log(`SPEC.md: ${told.length} stories`)
