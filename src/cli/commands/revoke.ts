import type { Command } from 'commander'
import type { ClientFlags } from '../../config/client-config.ts'
import { ProvisoError } from '../../errors.ts'
import { describeCommand, runCommand } from '../run-command.ts'
import type { CommonOptions } from '../run-command.ts'
import { scopeOf, withScopeOptions } from '../scope-options.ts'
import type { ScopeOptions } from '../scope-options.ts'
import { withSource, withSourceOptions } from '../source.ts'

interface RevokeOptions extends CommonOptions, ClientFlags, ScopeOptions {
  id?: string
}

export function revokeCommand(): Command {
  const command = describeCommand(
    'revoke',
    'revoke manual grants of a customer, by feature or by id',
    'proviso revoke ada seats\nproviso revoke ada --id act_1',
  )
    .argument('<customer>', 'your customer id')
    .argument('[feature]', 'every manual grant of this feature')
    .option('--id <id>', 'one manual grant')
  return withScopeOptions(withSourceOptions(command)).action(
    (customer: string, feature: string | undefined, options: RevokeOptions) =>
      runCommand(options, ({ output, environment }) => {
        const target = targetOf(feature, options.id)
        return withSource(options, environment, async (source) => {
          const answer = await source.revoke({ customer, ...target, ...scopeOf(options) })
          output.emit(answer)
          const { revoked } = answer
          output.say(
            revoked.length === 0
              ? `${customer} has no such manual grant: nothing was revoked.`
              : `Revoked ${revoked.join(', ')}.`,
          )
        })
      }),
  )
}

function targetOf(
  feature: string | undefined,
  id: string | undefined,
): { id: string } | { feature: string } {
  if (id !== undefined && feature === undefined) return { id }
  if (feature !== undefined && id === undefined) return { feature }
  throw new ProvisoError(
    'invalid_request',
    'Name what to revoke: a feature, or --id, and not both.',
  )
}
