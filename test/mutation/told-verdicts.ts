import { evaluate } from '../../src/core/evaluate.ts'
import { explain } from '../../src/core/explain.ts'
import { compiled } from '../support/catalogs.ts'
import type { Told } from './corpus.ts'
import { digestOfAll } from './verdict-text.ts'

const SCOPE = { account: '', livemode: false }
/** Telling a story decides it at each of its turns: of so many scenarios one is told. */
const ONE_OF = 3
const DAY = 86_400

/** How stories are told to people: a digest only, for `test/gauntlet/golden` keeps the texts. */
export function toldVerdicts(corpus: readonly Told[]): { name: string; text: () => string }[] {
  return corpus
    .filter((_, index) => index % ONE_OF === 0)
    .map((told) => {
      const name = `as told to a person: ${told.title}`
      return { name, text: () => `# ${name}\n${digestsOf(told).join(' ')}` }
    })
}

function digestsOf({ catalog: definition, events, end }: Told): string[] {
  const catalog = compiled(definition)
  const snapshots = events.flatMap((event) => event.snapshots)
  const scoped = snapshots.map((snapshot) => ({ scope: SCOPE, snapshot }))
  const knownAt = new Map(
    snapshots.map(({ observation, at }, index) => [observation, at + (index % 5 === 0 ? DAY : 0)]),
  )
  return Object.values(evaluate(scoped, catalog, end).customers).flatMap((decision) => {
    const [feature = null] = Object.keys(decision.features)
    return [
      digestOfAll(explain({ decision, snapshots, catalog })),
      digestOfAll(explain({ decision, snapshots, catalog, feature, knownAt })),
    ]
  })
}
