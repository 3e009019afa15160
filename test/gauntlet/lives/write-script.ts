import type { Life } from './life.ts'
import type { Look } from './look-at-life.ts'
import type { Mismatch } from './mismatch.ts'
import type { Line } from './play-life.ts'

/** A life as a list of its steps with dates, and what was wrong in it. */
export function writeScript(life: Life, { lines, end, mismatches }: Look, most = 3): string {
  const { policy, combine, settings, identity } = life
  return [
    `  policy ${JSON.stringify(policy)}${combine === 'sum' ? '' : ', seats: the most of any'}`,
    `  settings ${JSON.stringify(settings)}, customer named ${identity}`,
    ...lines.map(writeLine),
    `  ${dateOf(end)}  the end`,
    ...mismatches.slice(0, most).flatMap(writeMismatch),
    ...(mismatches.length > most ? [`  … and ${mismatches.length - most} more`] : []),
  ].join('\n')
}

function writeLine({ at, words, to, refused }: Line): string {
  const outcome =
    refused !== null ? ` – refused: ${refused}` : to === null ? ' – nothing to do' : ''
  return `  ${dateOf(at)}  ${words}${to === null || to === '' ? '' : ` (${to})`}${outcome}`
}

function writeMismatch(mismatch: Mismatch): string[] {
  const { at, kind, customer, feature, expected, got, needs, isUndecided } = mismatch
  if (kind === 'crash') return [`  ${got}`]
  return [
    `  ${kind.toUpperCase()} at ${dateOf(at)} (${at}): ${customer} / ${feature}`,
    `    expected  ${expected}`,
    `    got       ${got}`,
    ...needs.map(
      ({ type, object, reason }) =>
        `    ${isUndecided === true ? 'settled by' : 'not settled by'} a read of ${type} ${object}: ${reason}`,
    ),
  ]
}

function dateOf(second: number): string {
  return new Date(second * 1_000).toISOString().replace('.000Z', 'Z')
}
