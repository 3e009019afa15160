import { Command } from 'commander'
import { resolve } from 'node:path'
import type { Environment } from '../../config/environment.ts'
import { createSandbox, parseDuration, SANDBOX_KEY } from '../../sandbox/index.ts'
import type { SandboxStatus } from '../../sandbox/index.ts'
import { ProvisoError } from '../../errors.ts'
import { parseInstant } from '../../instant.ts'
import { readDevHome } from '../dev-home.ts'
import { moment } from '../moment.ts'
import { wholeNumber } from '../option-values.ts'
import type { Output } from '../output.ts'
import { describeCommand, runCommand } from '../run-command.ts'
import type { CommonOptions } from '../run-command.ts'
import { readKnobs } from '../sandbox/knobs.ts'
import { SandboxClient } from '../sandbox/sandbox-client.ts'
import { aborted, onInterrupt } from '../shutdown.ts'

interface ServeOptions extends CommonOptions {
  port: number
  host: string
  seed: string
  now?: string
}

interface ReachOptions extends CommonOptions {
  url?: string
  data?: string
}

const DEFAULT_PORT = 12111
const DEFAULT_URL = `http://127.0.0.1:${DEFAULT_PORT}`

export function sandboxCommand(): Command {
  return new Command('sandbox')
    .description(
      'a Stripe of one’s own, offline: serve it, move its time, let its deliveries go wrong',
    )
    .addCommand(serve())
    .addCommand(status())
    .addCommand(advance())
    .addCommand(knobs('chaos', 'how deliveries go wrong', 'duplicate=0.3 reorder=8 drop=0.1'))
    .addCommand(knobs('faults', 'how the API goes wrong', 'rateLimit=0.2 closeAfter=0.05'))
    .addCommand(
      knobs('settings', 'what a Dashboard would set', 'afterRetries=unpaid retryDays=3,5,7'),
    )
}

function serve(): Command {
  return describeCommand(
    'serve',
    'run the sandbox alone',
    'proviso sandbox serve\nstripe trigger invoice.paid --api-base http://127.0.0.1:12111 --api-key sk_test_localsandbox1',
  )
    .option('--port <number>', 'port; 0: any free one', wholeNumber, DEFAULT_PORT)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--seed <text>', 'same seed and same calls: same ids and same mishaps', 'proviso')
    .option('--now <time>', 'stand still at this time and move only by "advance"')
    .action((options: ServeOptions) =>
      runCommand(options, async ({ output }) => {
        const now = options.now === undefined ? undefined : timeOf(options.now)
        const interrupt = onInterrupt()
        const sandbox = await createSandbox({
          seed: options.seed,
          ...(now === undefined ? {} : { now }),
          listen: { port: options.port, host: options.host },
        }).catch((error: unknown) => {
          throw cannotListen(error, options)
        })
        try {
          const port = Number(new URL(sandbox.url).port)
          output.emit({ event: 'listening', url: sandbox.url, port, key: SANDBOX_KEY })
          output.say(`Sandbox at ${output.paint.accent(sandbox.url)}  (API key ${SANDBOX_KEY})`)
          output.say(
            output.paint.dim('Everything is in memory and gone when it stops. Ctrl-C stops.'),
          )
          await aborted(interrupt.signal)
        } finally {
          await sandbox.close()
          interrupt.release()
        }
      }),
    )
}

function status(): Command {
  return reaching(
    describeCommand(
      'status',
      'its time, what is in it, what it still owes',
      'proviso sandbox status',
    ),
  ).action((options: ReachOptions) =>
    runCommand(options, async ({ output, environment }) => {
      const found = await (await reach(options, environment)).status()
      output.emit(found)
      sayStatus(found, output)
    }),
  )
}

function advance(): Command {
  return reaching(
    describeCommand(
      'advance',
      'move its time forward, doing all that falls due on the way',
      'proviso sandbox advance 31d\nproviso sandbox advance 2h30m',
    ).argument('<duration>', '31d, 2h30m, 45s, 1w'),
  ).action((duration: string, options: ReachOptions) =>
    runCommand(options, async ({ output, environment }) => {
      const seconds = secondsOf(duration)
      const client = await reach(options, environment)
      const answer = await client.change<{ now: number }>('advance', { seconds })
      output.emit(answer)
      const found = await client.status()
      output.say(`It is now ${moment(found.now)} in the sandbox.`)
      sayDeliveries(found, output)
    }),
  )
}

function knobs(name: string, description: string, example: string): Command {
  return reaching(
    describeCommand(
      name,
      `${description}; without arguments shows the knobs as they stand`,
      `proviso sandbox ${name}\nproviso sandbox ${name} ${example}`,
    ).argument('[knob=value...]', `for example ${example}`),
  ).action((pairs: string[], options: ReachOptions) =>
    runCommand(options, async ({ output, environment }) => {
      const client = await reach(options, environment)
      const values = await client.change<Record<string, unknown>>(name, readKnobs(pairs))
      output.emit(values)
      for (const [knob, value] of Object.entries(values)) {
        output.say(`${knob.padEnd(22)} ${JSON.stringify(value)}`)
      }
    }),
  )
}

function reaching(command: Command): Command {
  return command
    .option(
      '--url <address>',
      `where the sandbox is (default that of "proviso dev", else ${DEFAULT_URL})`,
    )
    .option('--data <directory>', 'data folder of "proviso dev" (PROVISO_DATA, default .proviso)')
}

async function reach(options: ReachOptions, environment: Environment): Promise<SandboxClient> {
  const home = await readDevHome(resolve(options.data ?? environment.PROVISO_DATA ?? '.proviso'))
  return new SandboxClient(options.url ?? home?.sandboxUrl ?? DEFAULT_URL)
}

function sayStatus(found: SandboxStatus, output: Output): void {
  output.say(`Time           ${moment(found.now)}`)
  output.say(`Customers      ${found.customers}`)
  output.say(`Subscriptions  ${found.subscriptions}`)
  output.say(`Events         ${found.events}`)
  sayDeliveries(found, output)
}

function sayDeliveries({ deliveries }: SandboxStatus, output: Output): void {
  const { delivered, failed, lost, due, later } = deliveries
  output.say(
    `Deliveries     ${delivered} made, ${failed} failed attempts, ${lost} lost, ${due} due, ${later} later`,
  )
}

function timeOf(text: string): number {
  const seconds = parseInstant(text)
  if (seconds !== null) return seconds
  throw new ProvisoError('invalid_request', `--now ${text} is no time; write 2026-01-31T12:00:00Z`)
}

function secondsOf(duration: string): number {
  try {
    return parseDuration(duration)
  } catch (error) {
    throw new ProvisoError('invalid_request', (error as Error).message, { cause: error })
  }
}

function cannotListen(error: unknown, { host, port }: ServeOptions): ProvisoError {
  const code = (error as NodeJS.ErrnoException).code ?? String(error)
  return new ProvisoError(
    'config_invalid',
    code === 'EADDRINUSE'
      ? `Port ${port} on ${host} is taken; choose another with --port (0: any free one).`
      : `Cannot listen on ${host}:${port} (${code}); check --host and --port.`,
    { cause: error },
  )
}
