import type { FeatureAccess } from '../core/decision.ts'
import type { Queryable } from '../store/database.ts'
import { readChainPage, readPosition } from '../store/statements/changes.ts'
import { readCustomerPage } from '../store/statements/customers.ts'
import type { VerifyDifference } from './engine.ts'
import { scopedKey } from './settle/keys.ts'
import { isSameAccess, NOTHING } from './settle/verdict.ts'

const PAGE = 1000

/** Every change begins where the one before it ended, and the last one is the access that is stored. */
export async function verifyChain(
  tx: Queryable,
): Promise<{ changes: number; differences: VerifyDifference[] }> {
  const differences: VerifyDifference[] = []
  const last = new Map<string, FeatureAccess>()
  let changes = 0
  let after = 0n
  for (;;) {
    const rows = await readChainPage(tx, after, PAGE)
    if (rows.length === 0) break
    for (const row of rows) {
      changes += 1
      if (row.position !== after + 1n) {
        differences.push(broken(`position ${row.position}`, `follows position ${after}`))
      }
      after = row.position
      const key = scopedKey(row, `${row.customer}\n${row.feature}`)
      if (!isSameAccess(last.get(key) ?? NOTHING, row.before as FeatureAccess)) {
        differences.push(
          broken(
            `${row.customer}/${row.feature}`,
            `change ${row.position} does not begin where the one before it ended`,
          ),
        )
      }
      last.set(key, row.after as FeatureAccess)
    }
  }
  const position = await readPosition(tx)
  if (BigInt(position) !== after) {
    differences.push(
      broken('feed', `position ${position} was handed out, the last change has ${after}`),
    )
  }
  differences.push(...(await compareEnds(tx, last)))
  return { changes, differences }
}

async function compareEnds(
  tx: Queryable,
  last: Map<string, FeatureAccess>,
): Promise<VerifyDifference[]> {
  const differences: VerifyDifference[] = []
  let after = { account: '', livemode: false, customer: '' }
  for (;;) {
    const rows = await readCustomerPage(tx, after, PAGE)
    const end = rows.at(-1)
    if (end === undefined) break
    after = { account: end.account, livemode: end.livemode, customer: end.id }
    for (const row of rows) {
      for (const [feature, access] of Object.entries(row.access as Record<string, FeatureAccess>)) {
        const key = scopedKey(row, `${row.id}\n${feature}`)
        const told = last.get(key) ?? NOTHING
        last.delete(key)
        if (isSameAccess(told, access)) continue
        differences.push(
          broken(`${row.id}/${feature}`, 'the last change is not the access that is stored'),
        )
      }
    }
  }
  for (const [key, told] of last) {
    // A feature the catalog has dropped: its last change took it away.
    if (!told.allowed) continue
    differences.push(broken(key.split('\n').slice(2).join('/'), 'has changes and no stored access'))
  }
  return differences
}

function broken(subject: string, message: string): VerifyDifference {
  return { kind: 'chain', subject, message }
}
