import type { Command } from 'commander'
import type { ClientFlags } from '../../config/client-config.ts'
import { ProvisoError } from '../../errors.ts'
import { instant, positiveNumber } from '../option-values.ts'
import type { Output } from '../output.ts'
import { describeCommand, runCommand } from '../run-command.ts'
import type { CommonOptions } from '../run-command.ts'
import { scopeOf, withScopeOptions } from '../scope-options.ts'
import type { ScopeOptions } from '../scope-options.ts'
import { withSource, withSourceOptions } from '../source.ts'
import type { Source } from '../source.ts'
import { trackFile } from '../track-file.ts'

interface TrackOptions extends CommonOptions, ClientFlags, ScopeOptions {
  id?: string
  at?: number
  file?: string
}

interface Use {
  customer: string
  feature: string
  quantity: number
}

export function trackCommand(): Command {
  const command = describeCommand(
    'track',
    'record what was used; a file of it with --file, exit 1 when a line failed',
    'proviso track ada api_calls 250 --id import-7\nproviso track --file usage.jsonl\ncat usage.jsonl | proviso track --file - --json',
  )
    .argument('[customer]', 'your customer id, or a Stripe customer id (cus_…)')
    .argument('[feature]', 'a metered feature or credits of the catalog')
    .argument('[quantity]', 'a whole number (absent: 1)', positiveNumber)
    .option('--id <id>', 'the same id is recorded once, for good')
    .option('--at <time>', 'when it was used, up to 35 days ago (absent: now)', instant)
    .option('--file <file>', 'JSONL of {"customer","feature","quantity","id","at"}; -: the input')
  return withScopeOptions(withSourceOptions(command)).action(
    (
      customer: string | undefined,
      feature: string | undefined,
      quantity: number | undefined,
      options: TrackOptions,
    ) =>
      runCommand(options, ({ output, environment }) => {
        const what = whatOf(customer, feature, quantity, options)
        return withSource(options, environment, (source) =>
          typeof what === 'string'
            ? trackFile(source, what, scopeOf(options), output)
            : trackOne(source, what, options, output),
        )
      }),
  )
}

/** One use, or the file that has them. */
function whatOf(
  customer: string | undefined,
  feature: string | undefined,
  quantity: number | undefined,
  { at, file, id }: TrackOptions,
): Use | string {
  if (file !== undefined && customer === undefined && id === undefined && at === undefined) {
    return file
  }
  if (file === undefined && customer !== undefined && feature !== undefined) {
    return { customer, feature, quantity: quantity ?? 1 }
  }
  throw new ProvisoError(
    'invalid_request',
    'Name what was used: either a customer and a feature, or --file, whose lines have their own ids and times.',
  )
}

async function trackOne(
  source: Source,
  use: Use,
  options: TrackOptions,
  output: Output,
): Promise<number> {
  const answer = await source.track({
    ...use,
    ...(options.id === undefined ? {} : { id: options.id }),
    ...(options.at === undefined ? {} : { at: options.at }),
    ...scopeOf(options),
  })
  output.emit(answer)
  const { customer, feature, id, isNew, quantity } = answer
  const word = isNew ? 'Recorded' : 'On record before:'
  output.say(`${word} ${quantity} ${feature} of ${customer} (${id}).`)
  return 0
}
