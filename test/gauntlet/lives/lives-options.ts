import { Command, InvalidArgumentError } from 'commander'

export interface LivesOptions {
  readonly lives: number
  readonly seed: number
  readonly workers: number
  /** Seconds of each life that are looked at, beside its end. */
  readonly looks: number
  readonly shrink: number
  readonly shrinkSeconds: number
  /** Also what only a read would settle. */
  readonly undecided: boolean
  /** `<seed>` or `<seed>:<path>` of one life. */
  readonly replay?: string
  /** A file that holds one life as JSON. */
  readonly script?: string
  readonly service: boolean
  readonly database?: string
  readonly json: boolean
}

export function readOptions(argv: readonly string[], env: NodeJS.ProcessEnv): LivesOptions {
  const command = new Command('lives')
    .description(
      "Random lives: what customers buy, change, fail to pay and take back in two years, played over the sandbox; access is decided from each life's events in random order with chaos, and compared with the oracle. Exit code 1 where any answer is wrong.",
    )
    .option('--lives <count>', 'lives to play', whole, 1_000)
    .option('--seed <number>', 'another run; the same seed gives the same lives', integer, 1)
    .option('--workers <count>', 'processes', whole, 2)
    .option('--looks <count>', 'seconds of each life to look at, beside its end', whole, 8)
    .option('--shrink <count>', 'shrink this many kinds of failure to a short script', natural, 5)
    .option('--shrink-seconds <seconds>', 'time for each', whole, 60)
    .option('--undecided', 'also shrink what only a read would settle', false)
    .option('--replay <seed[:path]>', 'play one life again, and look at every turning point')
    .option('--script <file>', 'the same for a life written as JSON')
    .option('--service', 'through the real engine on PostgreSQL, with settle passes', false)
    .option(
      '--database <url>',
      'with --service: a PostgreSQL server to use, by a role that may create databases (default: DATABASE_URL, else an embedded server)',
    )
    .option('--json', 'print the result as JSON', false)
    .parse(argv)
  const options = command.opts<LivesOptions>()
  const database = options.database ?? env['DATABASE_URL']
  return { ...options, ...(database === undefined ? {} : { database }) }
}

function integer(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value)) throw new InvalidArgumentError('It must be a whole number.')
  return value
}

function natural(text: string): number {
  const value = integer(text)
  if (value < 0) throw new InvalidArgumentError('It must be 0 or more.')
  return value
}

function whole(text: string): number {
  const value = integer(text)
  if (value < 1) throw new InvalidArgumentError('It must be 1 or more.')
  return value
}
