import { Command } from 'commander'
import { migrate } from '../../../src/store/migrate.ts'
import { openPostgres } from '../../../src/store/postgres.ts'
import { nameOf } from '../core/run-core.ts'
import { oracle } from '../oracle/index.ts'
import { STORIES } from '../stories/index.ts'
import { openDatabases } from './databases.ts'
import { runService } from './run-service.ts'

/** Meets a finding of the service again; the gauntlet prints the line. */
const { seed, story, order } = new Command('replay')
  .requiredOption('--seed <text>', 'the seed of the run')
  .requiredOption('--story <name>', 'the name of the story')
  .requiredOption('--order <n>', 'the number of the order', Number)
  .parse()
  .opts<{ seed: string; story: string; order: number }>()

const scenario = STORIES.find((each) => nameOf(each) === story)
if (scenario === undefined) throw new Error(`There is no story "${story}".`)
const databases = await openDatabases(process.env['TEST_DATABASE_URL'])
try {
  const database = openPostgres(await databases.create())
  try {
    await migrate(database)
    const run = { seed, orders: 1, only: order, oracle, database }
    console.log(JSON.stringify(await runService(scenario, run), null, 2))
  } finally {
    await database.close()
  }
} finally {
  await databases.close()
}
