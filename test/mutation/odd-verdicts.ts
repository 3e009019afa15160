import fc from 'fast-check'
import { decide } from '../../src/core/decide.ts'
import { evaluate } from '../../src/core/evaluate.ts'
import { buildFacts } from '../../src/core/facts.ts'
import type { Hold } from '../../src/core/hold.ts'
import { findSources } from '../../src/core/sources.ts'
import { anySnapshot } from '../support/any-snapshot.ts'
import { compiled, pro } from '../support/catalogs.ts'
import { CATALOG } from '../support/stories/catalogs.ts'
import { digestOf } from './verdict-text.ts'

const GROUPS = 24
const PER_GROUP = 12
const SCOPE = { account: '', livemode: true }

const generous = compiled({
  ...CATALOG,
  policy: { grantWhileProcessing: true, unpaidUpgrade: 'grantNew', dispute: 'keep' },
})
const stern = compiled({
  ...CATALOG,
  policy: {
    trial: 'deny',
    sendInvoice: 'paidOnly',
    pauseCollection: 'suspend',
    partialRefund: 'revoke',
    subscriptionRefund: 'revoke',
    trustClientReferenceId: 'never',
  },
})

const second = fc.integer({ min: 1_759_000_000, max: 1_763_000_000 })
const hold: fc.Arbitrary<Hold | null> = fc.option(
  fc.record({
    cause: fc.constantFrom('outage', 'breaker'),
    from: second,
    until: fc.option(second),
  }),
)
const question = fc.record({
  snapshots: fc.array(anySnapshot, { minLength: 4, maxLength: 24 }),
  at: second,
  catalog: fc.constantFrom(pro, generous, stern),
  hold,
})

/** Objects in states that no scenario reaches: only a digest is kept, since nobody would read them. */
export const oddVerdicts = Array.from({ length: GROUPS }, (_, group) => {
  const name = `odd objects, group ${group + 1}`
  return {
    name,
    text: () => {
      const digests = fc
        .sample(question, { seed: 7 + group, numRuns: PER_GROUP })
        .map(({ snapshots, at, catalog, hold }) => {
          const scoped = snapshots.map((snapshot) => ({ scope: SCOPE, snapshot }))
          const facts = buildFacts(snapshots)
          const owners = [...findSources(facts, catalog, at).owners].sort()
          return digestOf([
            evaluate(scoped, catalog, at),
            owners.map((customer) => decide({ facts, customer, catalog, now: at, hold })),
          ])
        })
      return `# ${name}\n${digests.join(' ')}`
    },
  }
})
