import type { Command } from 'commander'
import type { ClientFlags } from '../../config/client-config.ts'
import { instant } from '../option-values.ts'
import { describeCommand, runCommand } from '../run-command.ts'
import type { CommonOptions } from '../run-command.ts'
import { scopeOf, withScopeOptions } from '../scope-options.ts'
import type { ScopeOptions } from '../scope-options.ts'
import { withSource, withSourceOptions } from '../source.ts'
import { storyText } from '../story-text.ts'

interface ExplainOptions extends CommonOptions, ClientFlags, ScopeOptions {
  at?: number
}

export function explainCommand(): Command {
  const command = describeCommand(
    'explain',
    'the story of a customer in plain words: what happened, what follows, what comes next',
    'proviso explain ada export\nproviso explain ada --at 2026-11-01T00:00:00Z',
  )
    .argument('<customer>', 'your customer id, or a Stripe customer id (cus_…)')
    .argument('[feature]', 'one feature of the catalog')
    .option('--at <time>', 'what was known then, judged then', instant)
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
          for (const line of storyText(story, output.paint)) output.say(line)
        }),
      ),
  )
}
