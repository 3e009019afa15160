import { setTimeout as delay } from 'node:timers/promises'
import type { EventLog, ListedEvent } from './event-log.ts'
import type { Exchange, RecordingProxy } from './recording-proxy.ts'
import type { CliRun, StripeCli } from './stripe-cli.ts'
import { expectedEvents, needsSocket } from './triggers.ts'

/** Bank debits settle, and clocks arrive, a second or two after the last answer. */
const PATIENCE_MS = 10_000
const POLL_EVERY_MS = 100

/** What became of one trigger. */
export interface Shot {
  trigger: string
  /** The version asked for; none was when absent, and the account's holds. */
  version?: string
  exchanges: Exchange[]
  /** Undefined when all is well. */
  failure?: string
  /** What the CLI printed. */
  output: string
}

export interface Range {
  cli: StripeCli
  proxy: RecordingProxy
  log: EventLog
}

/** Fires one trigger and waits for its event. The proxy must be used by no other meanwhile. */
export async function fire(trigger: string, range: Range, apiVersion?: string): Promise<Shot> {
  const { cli, proxy, log } = range
  const types = expectedEvents(trigger)
  const before = new Set((await Promise.all(types.map(log.newest))).flat().map(({ id }) => id))
  proxy.take()
  const target = needsSocket(trigger) ? { socket: proxy.socket } : { apiBase: proxy.url }
  const run = await cli.trigger(trigger, target, apiVersion)
  const exchanges = proxy.take()
  const missing =
    run.code === 0 ? await missingEvents(types, before, requestIds(exchanges), log) : []
  const failure = failureOf(run, exchanges, missing)
  return {
    trigger,
    exchanges,
    output: run.output,
    ...(apiVersion === undefined ? {} : { version: apiVersion }),
    ...(failure === undefined ? {} : { failure }),
  }
}

async function missingEvents(
  types: readonly string[],
  before: ReadonlySet<string>,
  requests: ReadonlySet<string>,
  log: EventLog,
): Promise<string[]> {
  const deadline = performance.now() + PATIENCE_MS
  let missing = [...types]
  for (;;) {
    const found = await Promise.all(missing.map(log.newest))
    missing = missing.filter(
      (_type, index) =>
        !found[index]?.some((event) => !before.has(event.id) && isOf(event, requests)),
    )
    if (missing.length === 0 || performance.now() > deadline) return missing
    await delay(POLL_EVERY_MS)
  }
}

/**
 * Two triggers run at a time, and many make products: an event counts for the trigger whose request
 * caused it. One that no request caused, a settlement, counts for any.
 */
function isOf(event: ListedEvent, requests: ReadonlySet<string>): boolean {
  const request = event['request']
  if (typeof request !== 'object' || request === null || !('id' in request)) return true
  return typeof request.id !== 'string' || requests.has(request.id)
}

function requestIds(exchanges: readonly Exchange[]): Set<string> {
  return new Set(exchanges.flatMap(({ requestId }) => requestId ?? []))
}

function failureOf(
  { code, output }: CliRun,
  exchanges: readonly Exchange[],
  missing: readonly string[],
): string | undefined {
  if (code !== 0) {
    const last = exchanges.at(-1)
    if (last === undefined) return `no request was made; the CLI said: ${oneLine(output)}`
    return `stopped at ${stepText(last)}: ${refusal(last) ?? oneLine(output)}`
  }
  if (missing.length === 0) return undefined
  const steps = exchanges.map(stepText).join(', ')
  return `no new ${missing.join(' and no new ')} within ${PATIENCE_MS / 1000} s of: ${steps}`
}

function stepText({ method, path, status }: Exchange): string {
  return `${method} ${path} → ${status}`
}

function refusal({ status, body }: Exchange): string | undefined {
  if (status < 400) return undefined
  const { error } = Object(body) as { error?: { message?: string } }
  return error?.message
}

function oneLine(output: string): string {
  return output.trim().replaceAll(/\s+/g, ' ')
}
