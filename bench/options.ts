import { Command, InvalidArgumentError } from 'commander'

export interface BenchOptions {
  rounds: number
  /** Seconds one contender is under load by 64 senders; a lone sender gets half of them. */
  seconds: number
  database?: string
  /** Folder for the embedded server's data: the disk that is measured. */
  data?: string
  json: boolean
  check: boolean
  /** Folder for a CPU profile of each contender's process. */
  profile?: string
}

export function readOptions(argv: readonly string[], env: NodeJS.ProcessEnv): BenchOptions {
  const command = new Command('bench')
    .description(
      'Measures Proviso beside what it is compared with, on real PostgreSQL, in interleaved rounds. Figures mean something as ratios of one run only.',
    )
    .option('--rounds <count>', 'rounds; each measures every contender once', whole, 3)
    .option('--seconds <count>', 'seconds of load per contender and round', positive, 2)
    .option(
      '--database <url>',
      'a PostgreSQL server to use, by a role that may create databases (default: DATABASE_URL, else an embedded server)',
    )
    .option(
      '--data <dir>',
      'folder for the data of the embedded server (default: the temporary one)',
    )
    .option('--json', 'print every sample as JSON instead of the table', false)
    .option(
      '--check',
      "only compare a lone sender's p99 at our intake with a lone insert's; exit 1 beyond twice",
      false,
    )
    .option('--profile <dir>', "write a CPU profile of each contender's process")
    .parse(argv)
  const options = command.opts<BenchOptions>()
  const database = options.database ?? env['DATABASE_URL']
  return { ...options, ...(database === undefined ? {} : { database }) }
}

function positive(text: string): number {
  const value = Number(text)
  if (!(value > 0)) throw new InvalidArgumentError('It must be a number above 0.')
  return value
}

function whole(text: string): number {
  const value = positive(text)
  if (!Number.isInteger(value)) throw new InvalidArgumentError('It must be a whole number.')
  return value
}
