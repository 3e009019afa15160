import {
  EVENTS_DIR,
  HAS_EVENTS,
  readPublishedEvents,
  typeVersionTable,
} from '../test/support/type-version-table.ts'

// Prints event type × API version over published Stripe events (PROVISO_EVENTS_DIR): "3" means that
// all three gave a fact, "1/3" that only one did. Exit code 1 when an event gave none that should.

if (!HAS_EVENTS) {
  console.error(`no events at ${EVENTS_DIR}: set PROVISO_EVENTS_DIR to a folder that has them`)
  process.exit(2)
}

const events = readPublishedEvents()
const { versions, rows, misses, withoutId } = typeVersionTable(events)

const typeWidth = Math.max(...rows.map((row) => row.type.length))
// 2018-05-21 → 18-05-21: the column then fits three dozen versions on a wide screen.
const heads = versions.map((version) => version.replace(/^20/, ''))
console.log([''.padEnd(typeWidth), ...heads].join('  '))
for (const { type, cells } of rows) {
  const columns = cells.map((cell, index) => {
    const text =
      cell === null
        ? '·'
        : cell.facts === cell.files
          ? `${cell.files}`
          : `${cell.facts}/${cell.files}`
    return text.padStart(heads[index]?.length ?? 0)
  })
  console.log([type.padEnd(typeWidth), ...columns].join('  '))
}

const cells = rows.flatMap((row) => row.cells).filter((cell) => cell !== null)
const files = cells.reduce((sum, cell) => sum + cell.files, 0)
const facts = cells.reduce((sum, cell) => sum + cell.facts, 0)
console.log(
  `\n${facts} of ${files} events of ${rows.length} types in ${versions.length} versions gave a fact`,
)
console.log('(invoice.upcoming never does: the invoice does not exist yet)')
for (const event of withoutId) console.log(`object without an id: ${event}`)
for (const miss of misses) console.error(`MISSING: ${miss}`)
process.exit(misses.length === 0 ? 0 : 1)
