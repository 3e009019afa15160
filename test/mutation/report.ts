import type { Mutant } from './mutants.ts'
import type { Result } from './protocol.ts'

export interface Examined extends Mutant, Result {
  isEquivalent: boolean
}

export interface Score {
  name: string
  mutants: number
  caught: number
  /** Of those caught, noticed by no test but the verdicts. */
  byVerdicts: number
}

/** Whether a test only compares verdicts with those of before. */
export function isVerdict(killer: string): boolean {
  return killer.startsWith('test/mutation/')
}

export function scoreOf(name: string, all: readonly Examined[]): Score {
  const counted = all.filter(({ isEquivalent }) => !isEquivalent)
  const caught = counted.filter(isCaught)
  const byVerdicts = caught.filter(({ killer }) => killer !== null && isVerdict(killer))
  return {
    name,
    mutants: counted.length,
    caught: caught.length,
    byVerdicts: byVerdicts.length,
  }
}

export function scores(all: readonly Examined[]): { total: Score; files: Score[] } {
  const files = [...new Set(all.map(({ file }) => file))].sort()
  return {
    total: scoreOf('all', all),
    files: files.map((file) =>
      scoreOf(
        file,
        all.filter((mutant) => mutant.file === file),
      ),
    ),
  }
}

export function isCaught({ verdict }: Result): boolean {
  return verdict !== 'survived' && verdict !== 'uncovered'
}

export function percent({ caught, mutants }: Score): number {
  return mutants === 0 ? 100 : (100 * caught) / mutants
}

export function table({ total, files }: ReturnType<typeof scores>): string {
  const row = (score: Score) =>
    [
      score.name.padEnd(40),
      String(score.mutants).padStart(7),
      String(score.mutants - score.caught).padStart(9),
      String(score.byVerdicts).padStart(14),
      `${percent(score).toFixed(1)} %`.padStart(9),
    ].join('')
  const head = `${'file'.padEnd(40)}mutants survived by verdicts     score`
  return [head, ...files.map(row), row(total)].join('\n')
}

/** The mutants nobody noticed, as in a compiler's messages. */
export function survivors(all: readonly Examined[]): string {
  return all
    .filter((mutant) => !mutant.isEquivalent && !isCaught(mutant))
    .map(
      ({ file, line, id, verdict, original, replacement, coveredBy }) =>
        `${file}:${line} [${id}] ${verdict === 'uncovered' ? 'no test runs' : `${coveredBy} tests pass with`}\n    - ${shorten(original)}\n    + ${shorten(replacement)}`,
    )
    .join('\n')
}

function shorten(text: string): string {
  return text.length <= 160 ? text : `${text.slice(0, 110)} … ${text.slice(-45)}`
}
