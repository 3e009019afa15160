import type { Command } from 'commander'
import { readDatabaseSettings } from '../../config/database-settings.ts'
import type { DatabaseFlags } from '../../config/database-settings.ts'
import { describeTarget } from '../../config/describe-config.ts'
import { configInvalid } from '../../config/problem.ts'
import type { ConfigProblem } from '../../config/problem.ts'
import { migrate } from '../../store/migrate.ts'
import { openTarget } from '../open-target.ts'
import { describeCommand, runCommand } from '../run-command.ts'
import type { CommonOptions } from '../run-command.ts'

export function migrateCommand(): Command {
  return describeCommand(
    'migrate',
    'bring the database schema up to this release',
    'proviso migrate --database postgres://localhost/app',
  )
    .option('--database <url>', 'PostgreSQL to use (DATABASE_URL); absent: embedded in --data')
    .option(
      '--data <directory>',
      'folder of the embedded database (PROVISO_DATA, default .proviso)',
    )
    .option('--schema <name>', 'PostgreSQL schema of all tables (PROVISO_SCHEMA, default proviso)')
    .action((options: CommonOptions & DatabaseFlags) =>
      runCommand(options, async ({ output, environment }) => {
        const problems: ConfigProblem[] = []
        const settings = readDatabaseSettings(options, environment, problems)
        if (problems.length > 0) throw configInvalid(problems)
        const database = await openTarget(settings)
        try {
          const report = await migrate(database)
          output.emit(report)
          for (const name of report.applied) output.say(`Applied ${name}.`)
          output.say(
            `The database (${describeTarget(settings.target)}) is at version ${report.version}.`,
          )
        } finally {
          await database.close()
        }
      }),
    )
}
