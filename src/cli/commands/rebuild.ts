import type { Command } from 'commander'
import type { ClientFlags } from '../../config/client-config.ts'
import { createProgressBar } from '../progress.ts'
import { describeCommand, runCommand } from '../run-command.ts'
import type { CommonOptions } from '../run-command.ts'
import { withDatabaseOptions, withEngine } from '../source.ts'

export function rebuildCommand(): Command {
  const command = describeCommand(
    'rebuild',
    'derive everything again from the raw observations; asks Stripe nothing',
    'proviso rebuild --database postgres://localhost/app --catalog catalog.json',
  )
  return withDatabaseOptions(command).action((options: CommonOptions & ClientFlags) =>
    runCommand(options, ({ output, environment }) =>
      withEngine(options, environment, async (engine) => {
        const bar = createProgressBar('Rebuilding', output.isJson)
        const report = await engine.rebuild(bar.update).finally(bar.stop)
        output.emit(report)
        output.say(
          `Rebuilt ${report.customers} customers from ${report.observations} observations; ${report.changes} changes of access came of it.`,
        )
      }),
    ),
  )
}
