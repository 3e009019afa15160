/**
 * Fires the official Stripe CLI's billing triggers at the sandbox, and judges every answer and event
 * by the types of Stripe's SDK. Exit code 1 when one trigger fails or one field is not Stripe's,
 * 2 when the run could not be made.
 */
import { Presets, SingleBar } from 'cli-progress'
import { Command } from 'commander'
import { reportJson, reportText } from './conformance/report.ts'
import type { Shot } from './conformance/fire.ts'
import { isConforming, runConformance } from './conformance/run.ts'
import { startSandboxProcess } from './conformance/sandbox-process.ts'
import type { SandboxProcess } from './conformance/sandbox-process.ts'
import { BILLING_TRIGGERS } from './conformance/triggers.ts'

interface Options {
  url?: string
  only?: string[]
  filter?: string
  current?: true
  json?: true
}

const command = new Command('conformance:cli')
  .description("Stripe's own CLI and SDK as judges of the sandbox")
  .option('--url <url>', 'a sandbox that runs already (default: start the built one)')
  .option('--only <trigger...>', 'only these triggers')
  .option('--filter <regex>', 'only triggers whose name matches')
  .option('--current', 'fire again in the current version what has no older parameters')
  .option('--json', 'print one JSON result')
  .parse()
const options = command.opts<Options>()
const { only, filter } = options
const isWhole = only === undefined && filter === undefined

const progress = createProgress(options.json === true)
let started: SandboxProcess | undefined
try {
  started = options.url === undefined ? await startSandboxProcess() : undefined
  const result = await runConformance({
    url: options.url ?? started?.url ?? '',
    ...(only === undefined ? {} : { only }),
    ...(filter === undefined ? {} : { filter: new RegExp(filter) }),
    alsoCurrent: options.current === true,
    onShot: progress.update,
  })
  progress.stop()
  console.log(
    options.json === true ? JSON.stringify(reportJson(result)) : `\n${reportText(result)}`,
  )
  // A CLI that lists fewer triggers would be conformed to in full.
  const fired = new Set(result.shots.map(({ trigger }) => trigger)).size
  const isComplete = !isWhole || fired >= BILLING_TRIGGERS
  if (!isComplete) console.error(`The CLI lists fewer than ${BILLING_TRIGGERS} billing triggers.`)
  process.exitCode = isComplete && isConforming(result) ? 0 : 1
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 2
} finally {
  progress.stop()
  await started?.close()
}

/** A bar where a person watches, else a line for each trigger; on stderr, so that --json is alone. */
function createProgress(isQuiet: boolean) {
  const bar =
    isQuiet || !process.stderr.isTTY
      ? undefined
      : new SingleBar(
          { format: '{bar} {value}/{total} · {trigger}', stream: process.stderr },
          Presets.shades_classic,
        )
  return {
    update({ trigger, failure }: Shot, done: number, total: number) {
      const word = failure === undefined ? 'ok' : 'FAILED'
      if (bar === undefined) {
        if (!isQuiet) console.error(`${String(done).padStart(3)}/${total} ${word} ${trigger}`)
        return
      }
      if (done === 1) bar.start(total, 0, { trigger })
      bar.update(done, { trigger: `${trigger} ${word}` })
    },
    stop: () => bar?.stop(),
  }
}
