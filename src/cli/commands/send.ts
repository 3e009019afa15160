import type { Command } from 'commander'
import { resolve } from 'node:path'
import type { Environment } from '../../config/environment.ts'
import { splitList } from '../../config/secret.ts'
import { ProvisoError } from '../../errors.ts'
import { WEBHOOK_PATH } from '../../http/webhook-path.ts'
import { deliverAll } from '../delivery.ts'
import { readDevHome } from '../dev-home.ts'
import { readEventFiles } from '../event-files.ts'
import { positiveNumber, wholeNumber } from '../option-values.ts'
import { createProgressBar } from '../progress.ts'
import { describeCommand, runCommand } from '../run-command.ts'
import type { CommonOptions } from '../run-command.ts'
import { shuffle } from '../shuffle.ts'

interface SendOptions extends CommonOptions {
  url?: string
  secret?: string
  data?: string
  shuffle?: number
  duplicate?: number | true
  concurrency: number
  retries: number
}

const DEFAULT_URL = 'http://127.0.0.1:4400'
/** Refusals printed one by one; the summary counts them all. */
const SHOWN_REFUSALS = 20

export function sendCommand(): Command {
  return describeCommand(
    'send',
    'sign Stripe events from files and post them as Stripe would; exit 1 when any was refused',
    'proviso send events.jsonl --shuffle 7 --duplicate 2\nstripe events list --limit 100 > events.json && proviso send events.json',
  )
    .argument('<files...>', 'one event, an array or list of events as JSON, or JSONL')
    .option('--shuffle <seed>', 'in an order made from this number', wholeNumber)
    .option(
      '--duplicate [n]',
      'send every event n times (2 when no number is given)',
      positiveNumber,
    )
    .option('--url <address>', `where the service is (PROVISO_URL, default ${DEFAULT_URL})`)
    .option(
      '--secret <whsec>',
      'signing secret (STRIPE_WEBHOOK_SECRET, else that of "proviso dev")',
    )
    .option('--data <directory>', 'data folder of "proviso dev" (PROVISO_DATA, default .proviso)')
    .option('--concurrency <n>', 'requests under way at once', positiveNumber, 8)
    .option('--retries <n>', 'further attempts after a network failure or a 5xx', wholeNumber, 0)
    .action((files: string[], options: SendOptions) =>
      runCommand(options, async ({ output, environment }) => {
        const { endpoint, secret } = await findTarget(options, environment)
        const times = options.duplicate === true ? 2 : (options.duplicate ?? 1)
        const events = await readEventFiles(files)
        const deliveries = Array.from({ length: times }, () => events).flat()
        const ordered =
          options.shuffle === undefined ? deliveries : shuffle(deliveries, options.shuffle)

        const summary = {
          sent: 0,
          accepted: 0,
          new: 0,
          duplicates: 0,
          warnings: 0,
          refused: 0,
          failed: 0,
        }
        const refusals: {
          id: string
          type: string
          from: string
          code: string
          message: string
        }[] = []
        const bar = createProgressBar('Sending', output.isJson)
        await deliverAll(
          ordered,
          { endpoint, secret, retries: options.retries, concurrency: options.concurrency },
          ({ id, type, from }, result) => {
            summary.sent += 1
            if (result.kind === 'accepted') {
              summary.accepted += 1
              if (result.isNew) summary.new += 1
              else summary.duplicates += 1
              if (result.warning !== null) summary.warnings += 1
            } else {
              summary[result.kind] += 1
              const code = result.kind === 'refused' ? result.code : 'no_answer'
              refusals.push({ id, type, from, code, message: result.message })
            }
            bar.update(summary.sent, ordered.length)
          },
        ).finally(bar.stop)

        output.emit({ ...summary, refusals })
        for (const { id, type, from, code, message } of refusals.slice(0, SHOWN_REFUSALS)) {
          output.say(`${output.paint.bad(code)} ${type} ${id} (${from}): ${message}`)
        }
        if (refusals.length > SHOWN_REFUSALS) {
          output.say(`… and ${refusals.length - SHOWN_REFUSALS} more.`)
        }
        output.say(
          `Sent ${summary.sent}: ${summary.new} new, ${summary.duplicates} held before, ${summary.refused} refused, ${summary.failed} without an answer.`,
        )
        if (summary.warnings > 0) {
          output.say(`${summary.warnings} are of the other mode than the service serves.`)
        }
        return refusals.length === 0 ? 0 : 1
      }),
    )
}

async function findTarget(
  options: SendOptions,
  environment: Environment,
): Promise<{ endpoint: string; secret: string }> {
  const home = await readDevHome(resolve(options.data ?? environment.PROVISO_DATA ?? '.proviso'))
  const url = options.url ?? environment.PROVISO_URL ?? home?.url ?? DEFAULT_URL
  if (!URL.canParse(url) || !/^https?:/.test(url)) {
    throw new ProvisoError('config_invalid', `--url ${url} is not an http:// or https:// address.`)
  }
  const secret =
    options.secret ?? splitList(environment.STRIPE_WEBHOOK_SECRET)[0] ?? home?.webhookSecret
  if (secret === undefined) {
    throw new ProvisoError(
      'config_invalid',
      'No signing secret: give --secret, set STRIPE_WEBHOOK_SECRET, or start "proviso dev", which makes one.',
    )
  }
  const hasPath = new URL(url).pathname !== '/'
  return { endpoint: hasPath ? url : new URL(WEBHOOK_PATH, url).toString(), secret }
}
