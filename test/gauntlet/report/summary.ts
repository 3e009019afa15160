import { figuresOf, percent, ratio, blockedShare, unpaidShare, whole } from './figures.ts'
import { count, verdictOf, type GauntletResults } from './results.ts'

/** The run on a screen. */
export function writeSummary(results: GauntletResults): string {
  const { wrongFinal, unsafe, faults, undecided, unlisted } = verdictOf(results)
  const { core, service, captured, stories, failures, seed } = results
  return [
    `${stories.length} stories · seed ${seed}`,
    `core     ${whole(count(core.map(({ deliveries }) => deliveries)))} deliveries in ${whole(count(core.map(({ orders }) => orders)))} orders`,
    `service  ${whole(count(service.map(({ deliveries }) => deliveries)))} deliveries in ${whole(count(service.map(({ orders }) => orders)))} orders, ${whole(count(service.map(({ passes }) => passes)))} settle passes`,
    captured === null
      ? 'captured (no folder of published events)'
      : `captured ${captured.length} sequences, ${whole(count(captured.map(({ deliveries }) => deliveries)))} deliveries`,
    '',
    ...contestLines(results),
    `wrong final ${wrongFinal} · unsafe grants ${unsafe} · faults ${faults} · undecided without a read: ${undecided.length} stories${unlisted.length === 0 ? '' : `, and ${unlisted.length} whose rows SPEC.md does not list`}`,
    ...undecided.map((name) => `  undecided  ${name}`),
    ...unlisted.map(
      (name) => `  unlisted   ${name}: only a read settles it, and SPEC.md lists none of its rows`,
    ),
    ...findingLines(results),
    ...timeLines(results),
    ...failures.map((failure) => `  failed     ${failure}`),
  ].join('\n')
}

function contestLines(results: GauntletResults): string[] {
  if (results.contests.length === 0) return []
  const figures = figuresOf(results)
  const width = Math.max(...figures.map(({ name }) => name.length))
  const head = `${''.padEnd(width)}  wrong late  wrong live  blocked   unpaid    reads/event (median, mean)`
  const lines = figures.map(({ name, lateRuns, liveEnd, settled, liveReads }) =>
    [
      name.padEnd(width),
      percent(ratio(lateRuns)).padStart(10),
      percent(ratio(liveEnd)).padStart(10),
      percent(blockedShare(settled)).padStart(8),
      percent(unpaidShare(settled)).padStart(8),
      `${liveReads.median.toFixed(3)}, ${liveReads.mean.toFixed(3)}`.padStart(14),
    ].join('  '),
  )
  return [head, ...lines, '']
}

/** Where our own answers were wrong for a time although everything was in: no fault yet, but to be known. */
function timeLines({ contests }: GauntletResults): string[] {
  return contests
    .flatMap(({ live }) => live)
    .filter(({ contestant }) => contestant === 'proviso')
    .flatMap(({ story, score: { settled } }) => {
      const { blocked, unpaid, otherValue } = settled.exact
      if (blocked + unpaid + otherValue === 0) return []
      return `  time       ${story}: blocked ${whole(blocked)} s, unpaid ${whole(unpaid)} s, other seats ${whole(otherValue)} s`
    })
}

function findingLines({ core, service, contests, captured }: GauntletResults): string[] {
  const of = (kind: 'wrongFinal' | 'unsafe', label: string) =>
    [...core, ...service].flatMap((result) =>
      result[kind].map(
        ({ customer, feature, got, expected, replay }) =>
          `  ${label} ${result.name}: ${customer} ${feature}: ${got}; ${expected}\n             ${replay}`,
      ),
    )
  return [
    ...of('wrongFinal', 'wrong     '),
    ...of('unsafe', 'unsafe    '),
    ...contests.flatMap(({ live, late }) =>
      [...live, ...late]
        .filter(({ contestant }) => contestant === 'proviso')
        .flatMap(({ story, wrongFinal }) =>
          wrongFinal.map(
            ({ customer, feature, answered, expected, because }) =>
              `  contest    ${story}: ${customer} ${feature}: ${answered}; due ${expected}: ${because}`,
          ),
        ),
    ),
    ...service.flatMap(({ name, faults }) =>
      faults.map(
        ({ kind, message, replay }) =>
          `  fault      ${name}: ${kind}: ${message}\n             ${replay}`,
      ),
    ),
    ...(captured ?? [])
      .filter(({ isSameInAllOrders, unsafe }) => !isSameInAllOrders || unsafe > 0)
      .map(({ file, unsafe }) => `  captured   ${file}: ${unsafe} unsafe, or the orders differ`),
  ]
}
