import { openEventLog } from './event-log.ts'
import { judge } from './findings.ts'
import type { Findings } from './findings.ts'
import { fire } from './fire.ts'
import type { Shot } from './fire.ts'
import { usesOlderParameters } from './legacy.ts'
import { openRecordingProxy } from './recording-proxy.ts'
import type { Exchange, RecordingProxy } from './recording-proxy.ts'
import { driftsAfter } from './snapshots.ts'
import type { Drift } from './snapshots.ts'
import { openStripeCli } from './stripe-cli.ts'
import type { StripeCli } from './stripe-cli.ts'
import { sdkApiVersion } from '../../test/sandbox/judges/sdk-schema.ts'
import { billingTriggers } from './triggers.ts'

/** Triggers at a time: the CLI mostly waits, the machine that tests has two cores. */
const LANES = 2

export interface ConformanceOptions {
  /** Where the sandbox listens, by address: `http://127.0.0.1:4242`. */
  url: string
  /** The triggers to fire; all billing triggers when absent. */
  only?: readonly string[]
  /** Of those, only the ones whose name matches. */
  filter?: RegExp
  /** Fire once more, in the SDK's version, what has no parameters of older ones. */
  alsoCurrent?: boolean
  /** After each trigger. */
  onShot?: (shot: Shot, done: number, total: number) => void
}

export interface ConformanceResult {
  shots: Shot[]
  findings: Findings
  /** Events that told something else than the API did at that moment. */
  drifts: Drift[]
}

/** Fires Stripe's own CLI at a sandbox, and judges all that was answered by Stripe's own types. */
export async function runConformance(options: ConformanceOptions): Promise<ConformanceResult> {
  const { url, only, filter = /^/, alsoCurrent = false, onShot } = options
  const cli = await openStripeCli()
  const log = openEventLog(url)
  try {
    const offered = billingTriggers(await cli.help('trigger'))
    const unknown = only?.find((name) => !offered.includes(name))
    if (unknown !== undefined) throw new Error(`${unknown} is no billing trigger of Stripe's CLI.`)
    const drifts: Drift[] = []
    const inspect = async (exchange: Exchange) =>
      void drifts.push(...(await driftsAfter(exchange, url)))
    const range = { cli, url, inspect, onShot }
    const triggers = (only ?? offered).filter((name) => filter.test(name))
    const shots = await fireAll(triggers, undefined, range)
    if (alsoCurrent) {
      const again = shots
        .filter(({ exchanges }) => !usesOlderParameters(exchanges))
        .map(({ trigger }) => trigger)
      shots.push(...(await fireAll(again, sdkApiVersion, range)))
    }
    const findings = judge(
      shots.flatMap(({ exchanges }) => exchanges),
      await log.all(),
      // A sandbox without thin events has none that could be wrong; its triggers tell.
      await log.allThin().catch(() => []),
    )
    return { shots, findings, drifts }
  } finally {
    await cli.close()
  }
}

interface Lanes {
  cli: StripeCli
  url: string
  inspect: (exchange: Exchange) => Promise<void>
  onShot: ConformanceOptions['onShot']
}

/** In order of their names, in lanes that have a proxy each, so that answers are told apart. */
async function fireAll(
  triggers: readonly string[],
  apiVersion: string | undefined,
  { cli, url, inspect, onShot }: Lanes,
): Promise<Shot[]> {
  const shots: Shot[] = []
  const waiting = [...triggers]
  const lane = async () => {
    const proxy = await openRecordingProxy(url, inspect)
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const range = { cli, proxy, log: openEventLog(url) }
        const shot = await fire(next, range, apiVersion).catch((error: unknown) =>
          misfire(next, proxy, error),
        )
        shots.push(shot)
        onShot?.(shot, shots.length, triggers.length)
      }
    } finally {
      await proxy.close()
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  return shots.sort((a, b) => (a.trigger < b.trigger ? -1 : 1))
}

/** A sandbox that cannot even be asked fails the trigger and not the run. */
function misfire(trigger: string, proxy: RecordingProxy, error: unknown): Shot {
  const failure = error instanceof Error ? error.message : String(error)
  return { trigger, exchanges: proxy.take(), output: '', failure }
}

/** Whether a sandbox did all that it was asked, and nothing that Stripe would not. */
export function isConforming({ shots, findings, drifts }: ConformanceResult): boolean {
  return (
    drifts.length === 0 &&
    shots.length > 0 &&
    shots.every(({ failure }) => failure === undefined) &&
    findings.violations.length === 0 &&
    findings.unknownRoutes.length === 0 &&
    findings.unknownEventTypes.length === 0 &&
    findings.otherVersions === 0 &&
    findings.repeatedIds.length === 0
  )
}
