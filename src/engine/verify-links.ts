import type { Queryable } from '../store/database.ts'
import { readLinkPage } from '../store/statements/links.ts'
import type { DerivedLinks } from './derive.ts'
import type { VerifyDifference } from './engine.ts'

const PAGE = 500

/** Compares the stored links with those the observations tell of. */
export async function verifyLinks(tx: Queryable, links: DerivedLinks): Promise<VerifyDifference[]> {
  const differences: VerifyDifference[] = []
  let after = { account: '', livemode: false, object: '' }
  let matched = 0
  for (;;) {
    const rows = await readLinkPage(tx, after, PAGE)
    const last = rows.at(-1)
    if (last === undefined) break
    after = last
    for (const row of rows) {
      const parent = links.parentOf(row, row.object)
      if (parent !== null) matched += 1
      if (parent === row.parent) continue
      differences.push({
        kind: 'links',
        subject: row.object,
        message: `${row.object} hangs under ${row.parent ?? 'nothing'}; its observations say ${parent ?? 'nothing'}`,
      })
    }
  }
  if (matched < links.size) {
    differences.push({
      kind: 'links',
      subject: 'links',
      message: `${links.size - matched} links that the observations tell of are not stored`,
    })
  }
  return differences
}
