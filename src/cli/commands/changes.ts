import type { Command } from 'commander'
import type { ClientFlags } from '../../config/client-config.ts'
import { changeText } from '../access-text.ts'
import { moment } from '../moment.ts'
import { positiveNumber, wholeNumber } from '../option-values.ts'
import type { Output } from '../output.ts'
import { describeCommand, runCommand } from '../run-command.ts'
import type { CommonOptions } from '../run-command.ts'
import { untilInterrupted } from '../shutdown.ts'
import { withSource, withSourceOptions } from '../source.ts'
import type { Source } from '../source.ts'

interface ChangesOptions extends CommonOptions, ClientFlags {
  after?: number
  limit?: number
  customer?: string
  follow?: boolean
}

const PAGE_SIZE = 200
const WAIT_MS = 5_000

export function changesCommand(): Command {
  const command = describeCommand(
    'changes',
    'changes of access, oldest first',
    'proviso changes --after 120 --limit 20\nproviso changes --follow --json',
  )
    .option('--after <position>', 'begin after this position', wholeNumber)
    .option('--limit <n>', 'how many at most (default: all there are)', positiveNumber)
    .option('--customer <id>', 'only of this customer')
    .option('--follow', 'stay and print new ones as they come')
  return withSourceOptions(command).action((options: ChangesOptions) =>
    runCommand(options, ({ output, environment }) =>
      withSource(options, environment, (source) =>
        options.follow === true
          ? untilInterrupted((signal) => printChanges(source, options, output, signal))
          : printChanges(source, options, output, null),
      ),
    ),
  )
}

/** @param signal null: ends with the last change there is. */
async function printChanges(
  source: Source,
  options: ChangesOptions,
  output: Output,
  signal: AbortSignal | null,
): Promise<void> {
  let after = options.after ?? 0
  let left = options.limit ?? Number.POSITIVE_INFINITY
  while (left > 0 && signal?.aborted !== true) {
    const page = await source.changes({
      after,
      limit: Math.min(left, PAGE_SIZE),
      ...(options.customer === undefined ? {} : { customer: options.customer }),
    })
    for (const change of page.changes) {
      output.emit(change)
      const when = output.paint.dim(`${change.position}  ${moment(change.decidedAt)}`)
      output.say(`${when}  ${changeText(change, output.paint)}`)
    }
    left -= page.changes.length
    after = Math.max(after, page.next)
    if (page.hasMore) continue
    if (signal === null) return
    await source.waitForChanges(after, WAIT_MS, signal)
  }
}
