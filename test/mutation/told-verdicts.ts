import { evaluate } from '../../src/core/evaluate.ts'
import { explain } from '../../src/core/explain.ts'
import { compiled } from '../support/catalogs.ts'
import type { Told } from './corpus.ts'
import { digestOfAll } from './verdict-text.ts'

const SCOPE = { account: '', livemode: false }
const DAY = 86_400

/** How stories are told to people: a digest only, for `test/gauntlet/golden` keeps the texts. */
export function toldVerdicts(corpus: readonly Told[]): { name: string; text: () => string }[] {
  return corpus.map((told) => {
    const name = `as told to a person: ${told.title}`
    return { name, text: () => `# ${name}\n${digestsOf(told).join(' ')}` }
  })
}

function digestsOf({ catalog: definition, events, end }: Told): string[] {
  const catalog = compiled(definition)
  const middle = events[Math.floor(events.length / 2)]?.at ?? end
  return [middle, end].flatMap((at) => {
    const heard = events.filter((event) => event.at <= at)
    const snapshots = heard.flatMap((event) => event.snapshots)
    const scoped = snapshots.map((snapshot) => ({ scope: SCOPE, snapshot }))
    return Object.values(evaluate(scoped, catalog, at).customers).map((decision) => {
      // On the way one feature alone, of which every fifth observation was heard a day late.
      const [feature = null] = Object.keys(decision.features)
      const late = snapshots.filter((_, index) => index % 5 === 0)
      const knownAt = new Map(late.map((snapshot) => [snapshot.observation, snapshot.at + DAY]))
      const how = at === end ? {} : { feature, knownAt }
      return digestOfAll(explain({ decision, snapshots, catalog, ...how }))
    })
  })
}
