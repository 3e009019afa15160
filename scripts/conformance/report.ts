import type { Finding } from './findings.ts'
import type { Shot } from './fire.ts'
import type { ConformanceResult } from './run.ts'
import { isConforming } from './run.ts'
import type { Drift } from './snapshots.ts'

const MOST_DRIFTS = 20

/** The result as people read it. */
export function reportText(result: ConformanceResult): string {
  const { shots, findings, drifts } = result
  const failed = shots.filter(({ failure }) => failure !== undefined)
  return [
    ...failed.map((shot) => `${nameOf(shot)}: ${shot.failure ?? ''}`),
    ...stops(failed),
    ...findings.violations.map(findingText),
    ...drifts.slice(0, MOST_DRIFTS).map(driftText),
    ...(drifts.length > MOST_DRIFTS ? [`… and ${drifts.length - MOST_DRIFTS} more`] : []),
    ...named('routes that the SDK does not know', findings.unknownRoutes),
    ...named('types of events that the SDK does not know', findings.unknownEventTypes),
    ...named('ids that more than one event has', findings.repeatedIds),
    ...(findings.otherVersions === 0
      ? []
      : [`${findings.otherVersions} events are rendered in another version than the SDK's`]),
    ...rounds(shots).map(({ name, passed, total }) => `${passed}/${total} triggers ${name}`),
    `${total(findings.violations)} violations of ${findings.violations.length} kinds ` +
      `in ${findings.answersJudged} answers and ${findings.eventsJudged} events`,
  ].join('\n')
}

/** The result as programs read it. */
export function reportJson(result: ConformanceResult): object {
  const { shots, findings, drifts } = result
  const failed = shots.filter(({ failure }) => failure !== undefined)
  return {
    ok: isConforming(result),
    rounds: rounds(shots),
    failures: failed.map(({ trigger, version, failure, output, exchanges }) => ({
      trigger,
      ...(version === undefined ? {} : { version }),
      failure,
      output,
      steps: exchanges.map(({ method, path, status, sent, body }) => ({
        request: `${method} ${path}`,
        sent,
        status,
        ...(status >= 400 ? { body } : {}),
      })),
    })),
    findings,
    drifts,
  }
}

function driftText({ type, event, differences }: Drift): string {
  return `${type} ${event} is not what is read: ${differences.slice(0, 3).join('; ')}`
}

interface Round {
  name: string
  passed: number
  total: number
}

/** The triggers as the CLI sends them, and once more in a version that was asked for. */
function rounds(shots: readonly Shot[]): Round[] {
  return [...new Set(shots.map(({ version }) => version))].map((version) => {
    const fired = shots.filter((shot) => shot.version === version)
    return {
      name: version === undefined ? 'as the CLI sends them' : `in version ${version}`,
      passed: fired.filter(({ failure }) => failure === undefined).length,
      total: fired.length,
    }
  })
}

function nameOf({ trigger, version }: Shot): string {
  return version === undefined ? trigger : `${trigger} (${version})`
}

/** Where most triggers end, so that the next thing to build is seen at once. */
function stops(failed: readonly Shot[]): string[] {
  if (failed.length === 0) return []
  const counts = new Map<string, number>()
  for (const { failure = '' } of failed) {
    const [place = ''] = failure.replaceAll(/\/\w+_(?=\w*[A-Z\d])\w+/g, '/{id}').split(': ')
    counts.set(place, (counts.get(place) ?? 0) + 1)
  }
  const most = [...counts].sort(([, a], [, b]) => b - a).slice(0, 12)
  return ['', ...most.map(([place, count]) => `${String(count).padStart(3)}× ${place}`), '']
}

function findingText({ object, field, expected, count, example }: Finding): string {
  const { where, path, got } = example
  return `${object}.${field}: expected ${expected} · ${count}× · ${got} at ${path} of ${where}`
}

function named(what: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`${what}: ${names.join(', ')}`]
}

function total(findings: readonly Finding[]): number {
  return findings.reduce((sum, { count }) => sum + count, 0)
}
