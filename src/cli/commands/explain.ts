import type { Command } from 'commander'
import type { ClientFlags } from '../../config/client-config.ts'
import { localTime, machineZone } from '../local-time.ts'
import type { LocalTime } from '../local-time.ts'
import { instant, timeZone } from '../option-values.ts'
import { describeCommand, runCommand } from '../run-command.ts'
import type { CommonOptions } from '../run-command.ts'
import { scopeOf, withScopeOptions } from '../scope-options.ts'
import type { ScopeOptions } from '../scope-options.ts'
import { withSource, withSourceOptions } from '../source.ts'
import { storyText } from '../story-text.ts'

interface ExplainOptions extends CommonOptions, ClientFlags, ScopeOptions {
  at?: number
  timeZone?: LocalTime
  all?: boolean
}

export function explainCommand(): Command {
  const command = describeCommand(
    'explain',
    'the story of a customer in plain words: what happened, what followed, what would change it',
    'proviso explain ada export\nproviso explain ada --at 2026-11-01T00:00:00Z --time-zone Europe/Berlin',
  )
    .argument('<customer>', 'your customer id, or a Stripe customer id (cus_…)')
    .argument('[feature]', 'one feature of the catalog')
    .option('--at <time>', 'what was known then, judged then', instant)
    .option('--time-zone <name>', 'e.g. Europe/Berlin or UTC (absent: this machine’s)', timeZone)
    .option('--all', 'every event, also those that changed nothing')
  return withScopeOptions(withSourceOptions(command)).action(
    (customer: string, feature: string | undefined, options: ExplainOptions) =>
      runCommand(options, ({ output, environment }) =>
        withSource(options, environment, async (source) => {
          const story = await source.explain({
            customer,
            ...(feature === undefined ? {} : { feature }),
            ...(options.at === undefined ? {} : { at: options.at }),
            ...scopeOf(options),
          })
          output.emit(story)
          const lines = storyText(story, {
            paint: output.paint,
            time: options.timeZone ?? localTime(machineZone()),
            isWhole: options.all ?? false,
            width: process.stdout.isTTY ? process.stdout.columns : null,
          })
          for (const line of lines) output.say(line)
        }),
      ),
  )
}
