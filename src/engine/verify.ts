import type { Catalog } from '../core/compile-catalog.ts'
import type { Database } from '../store/database.ts'
import { countSettled } from '../store/statements/pending.ts'
import { DerivedLinks, readRouted } from './derive.ts'
import { addDerived, type DerivedRoots } from './derived-root.ts'
import type { Progress, VerifyDifference, VerifyReport } from './engine.ts'
import { groupRoots } from './root-groups.ts'
import { verifyChain } from './verify-chain.ts'
import { verifyCustomers } from './verify-customers.ts'
import { verifyFacts } from './verify-facts.ts'
import { verifyLinks } from './verify-links.ts'

export interface VerifyOptions {
  /** Observations held in memory at once; a larger log is read in several passes. @defaultValue 100000 */
  passSize?: number
}

/**
 * Derives everything from the raw observations again and compares: links, facts, access as of the
 * second it was decided, and the chain of changes. Reads one consistent state of the database.
 */
export async function verify(
  database: Database,
  catalog: Catalog,
  progress: Progress = () => undefined,
  { passSize = 100_000 }: VerifyOptions = {},
): Promise<VerifyReport> {
  return database.transaction(async (tx) => {
    await tx.query('set transaction isolation level repeatable read')
    const observations = await countSettled(tx)
    const passes = Math.max(1, Math.ceil(observations / passSize))
    const steps = observations * (passes + 1)
    let done = 0
    const differences: VerifyDifference[] = []
    const links = new DerivedLinks()
    for await (const page of readRouted(tx)) {
      for (const routed of page) links.add(routed)
      progress((done += page.length), steps)
    }
    differences.push(...(await verifyLinks(tx, links)))
    let customers = 0
    const groups = await groupRoots(tx)
    for (let pass = 0; pass < passes; pass += 1) {
      const derived: DerivedRoots = new Map()
      for await (const page of readRouted(tx)) {
        for (const { scope, snapshots } of page) {
          for (const { key, snapshot } of snapshots) {
            const root = links.rootOf(scope, key)
            if (groups.passOf(scope, root, passes) === pass)
              addDerived(derived, scope, root, key, snapshot)
          }
        }
        progress((done += page.length), steps)
      }
      differences.push(...(await verifyFacts(tx, derived)))
      const compared = await verifyCustomers(tx, catalog, derived)
      customers += compared.customers
      differences.push(...compared.differences)
    }
    const chain = await verifyChain(tx)
    differences.push(...chain.differences)
    return { observations, customers, changes: chain.changes, differences }
  })
}
