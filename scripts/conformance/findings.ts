import {
  eventTypes,
  routeOf,
  sdkApiVersion,
  thinEventTypes,
  validateAnswer,
  validateEvent,
} from '../../test/sandbox/judges/sdk-schema.ts'
import type { Violation } from '../../test/sandbox/judges/sdk-schema.ts'
import type { ListedEvent } from './event-log.ts'
import type { Exchange } from './recording-proxy.ts'

/** How the CLI completes a Checkout Session: two routes that Stripe does not document. */
const UNDOCUMENTED = [
  /^GET \/v1\/payment_pages\/[^/]+$/,
  /^POST \/v1\/payment_pages\/[^/]+\/confirm$/,
]

/** One kind of violation, however often it was met. */
export interface Finding {
  object: string
  /** Positions in arrays left out: `lines.data[].price`. */
  field: string
  expected: string
  count: number
  example: { where: string; path: string; got: string }
}

/** Everything that Stripe's types say against what the sandbox answered. */
export interface Findings {
  answersJudged: number
  eventsJudged: number
  violations: Finding[]
  unknownRoutes: string[]
  unknownEventTypes: string[]
  /** Events that are not rendered in the version of the SDK, which the judges know nothing of. */
  otherVersions: number
  /** Ids that more than one event has. */
  repeatedIds: string[]
}

export function judge(
  exchanges: readonly Exchange[],
  events: readonly ListedEvent[],
  thinEvents: readonly ListedEvent[],
): Findings {
  const findings = new Map<string, Finding>()
  const add = (where: string, violations: readonly Violation[]) => {
    for (const violation of violations) addTo(findings, where, violation)
  }

  const known = exchanges.filter((exchange) => isKnown(exchange))
  const judged = exchanges.filter(isJudged)
  for (const exchange of judged) {
    add(`${exchange.method} ${exchange.path} → ${exchange.status}`, validateAnswer(exchange))
  }
  const all = [...events, ...thinEvents]
  for (const event of all) add(`${event.type} ${event.id}`, validateEvent(event))

  const unknown = exchanges.filter((exchange) => !known.includes(exchange))
  return {
    answersJudged: judged.length,
    eventsJudged: all.length,
    violations: [...findings.values()].sort((a, b) => b.count - a.count),
    unknownRoutes: distinct(unknown.map(({ method, path }) => `${method} ${path}`)),
    unknownEventTypes: distinct([
      ...events.filter(({ type }) => !eventTypes.has(type)).map(({ type }) => type),
      ...thinEvents.filter(({ type }) => !thinEventTypes.has(type)).map(({ type }) => type),
    ]),
    otherVersions: events.filter((event) => event['api_version'] !== sdkApiVersion).length,
    repeatedIds: repeated(all.map(({ id }) => id)),
  }
}

function isKnown({ method, path }: Exchange): boolean {
  return routeOf(method, path) !== undefined || isUndocumented(method, path)
}

function isUndocumented(method: string, path: string): boolean {
  return UNDOCUMENTED.some((pattern) => pattern.test(`${method} ${path}`))
}

/** What Stripe does not document has no type to be judged by, but its refusals have. */
function isJudged({ method, path, status, version }: Exchange): boolean {
  if (version !== undefined && version !== sdkApiVersion) return false
  return status >= 400 || !isUndocumented(method, path)
}

function addTo(findings: Map<string, Finding>, where: string, violation: Violation): void {
  const { object, path, got, expected } = violation
  const field = violation.field.replaceAll(/\[\d+\]/g, '[]')
  const key = `${object} ${field} ${expected}`
  const found = findings.get(key)
  if (found === undefined) {
    findings.set(key, { object, field, expected, count: 1, example: { where, path, got } })
  } else found.count++
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].sort()
}

function repeated(ids: readonly string[]): string[] {
  const seen = new Set<string>()
  return distinct(ids.filter((id) => seen.has(id) || !seen.add(id)))
}
