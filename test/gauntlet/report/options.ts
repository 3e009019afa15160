import { Command, InvalidArgumentError, Option } from 'commander'

export interface GauntletOptions {
  readonly seed: string
  readonly coreDeliveries: number
  readonly serviceDeliveries: number
  readonly lateOrders: number
  /** Only stories whose name has this text. */
  readonly stories: string
  readonly peers: boolean
  readonly reduced: boolean
  readonly json: boolean
  readonly workers: number | undefined
  /** Folder for gauntlet.md and gauntlet.svg; null: none was named. */
  readonly out: string | null
}

interface Given extends Omit<GauntletOptions, 'out' | 'coreDeliveries' | 'serviceDeliveries'> {
  readonly coreDeliveries?: number
  readonly serviceDeliveries?: number
  readonly out?: string
}

const FULL = { coreDeliveries: 1_000_000, serviceDeliveries: 50_000, lateOrders: 1 }
const REDUCED = { coreDeliveries: 60_000, serviceDeliveries: 4_000, lateOrders: 0 }

export function readOptions(argv: readonly string[]): GauntletOptions {
  const given = command()
    .parse([...argv])
    .opts<Given>()
  const usual = given.reduced ? REDUCED : FULL
  return {
    ...given,
    coreDeliveries: given.coreDeliveries ?? usual.coreDeliveries,
    serviceDeliveries: given.serviceDeliveries ?? usual.serviceDeliveries,
    lateOrders: (given.lateOrders as number | undefined) ?? usual.lateOrders,
    workers: given.workers,
    out: given.out ?? null,
  }
}

function command(): Command {
  return new Command('gauntlet')
    .description(
      'Lets the events of every story come in every disorder: to the core, to the service on PostgreSQL, and, as they happen and long after, to Proviso and to what people use today. Exit 1 on any wrong final state, unsafe grant or fault, and where a story needs a read whose row SPEC.md does not list.',
    )
    .option('--seed <text>', 'draws other orders and mishaps', 'gauntlet')
    .addOption(
      number('--core-deliveries <n>', 'deliveries to the core, at least', FULL.coreDeliveries),
    )
    .addOption(
      number(
        '--service-deliveries <n>',
        'deliveries to the service, at least',
        FULL.serviceDeliveries,
      ),
    )
    .addOption(number('--late-orders <n>', 'late orders per story and contestant', FULL.lateOrders))
    .option('--stories <text>', 'only stories with this in their name', '')
    .option('--no-peers', 'Proviso alone')
    .option('--reduced', 'a run of minutes: few orders, no late ones, Proviso alone', false)
    .addOption(number('--workers <n>', 'processes side by side', 'one per processor'))
    .option('--out <folder>', 'where gauntlet.md and gauntlet.svg go (a whole run: docs)')
    .option('--json', 'all results as JSON on standard output', false)
    .addHelpText(
      'after',
      '\nThe peers are installed by `npm ci --prefix bench/peers`; without them the run goes on alone.\nTEST_DATABASE_URL names a PostgreSQL server to use; otherwise one is started.',
    )
}

function number(flags: string, description: string, usual: number | string): Option {
  return new Option(flags, `${description} (usually ${String(usual)})`).argParser((text) => {
    const value = Number(text)
    if (Number.isInteger(value) && value >= 0) return value
    throw new InvalidArgumentError(`"${text}" is no whole number of 0 or more.`)
  })
}
