import type { Command } from 'commander'
import type { ClientFlags } from '../../config/client-config.ts'
import { createProgressBar } from '../progress.ts'
import { describeCommand, runCommand } from '../run-command.ts'
import type { CommonOptions } from '../run-command.ts'
import { withDatabaseOptions, withEngine } from '../source.ts'

export function verifyCommand(): Command {
  const command = describeCommand(
    'verify',
    'derive everything again, compare it with what is stored, change nothing; exit 1 on any difference',
    'proviso verify --database postgres://localhost/app --catalog catalog.json',
  )
  return withDatabaseOptions(command).action((options: CommonOptions & ClientFlags) =>
    runCommand(options, ({ output, environment }) =>
      withEngine(options, environment, async (engine) => {
        const bar = createProgressBar('Verifying', output.isJson)
        const report = await engine.verify(bar.update).finally(bar.stop)
        output.emit(report)
        for (const difference of report.differences) {
          output.say(
            `${output.paint.bad(difference.kind)} ${difference.subject}: ${difference.message}`,
          )
        }
        const held = `${report.observations} observations, ${report.customers} customers, ${report.changes} changes`
        output.say(
          report.differences.length === 0
            ? `${output.paint.good('Clean')}: ${held}.`
            : `${output.paint.bad(`${report.differences.length} differences`)} in ${held}.`,
        )
        return report.differences.length === 0 ? 0 : 1
      }),
    ),
  )
}
