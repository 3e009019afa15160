import type { Look } from './look-at-life.ts'

/** How often one thing was found wrong, and where first. */
export interface Finding {
  readonly signature: string
  lives: number
  mismatches: number
  /** The life with the fewest steps that was found to fail so, by its seed. */
  seed: number
  steps: number
}

/** What many lives came to. */
export interface Tally {
  lives: number
  events: number
  /** Moments at which everyone's access was compared. */
  looks: number
  /** By signature. */
  readonly wrong: Map<string, Finding>
  /** What only a read would settle, likewise. */
  readonly undecided: Map<string, Finding>
}

export function emptyTally(): Tally {
  return { lives: 0, events: 0, looks: 0, wrong: new Map(), undecided: new Map() }
}

/** One mismatch of a life, as a worker tells it. */
export interface Told {
  readonly signature: string
  readonly isUndecided: boolean
}

/** One life, as a worker tells it. */
export interface LifeReport {
  readonly seed: number
  readonly steps: number
  readonly events: number
  readonly looks: number
  readonly mismatches: readonly Told[]
}

export function reportOf(seed: number, { lines, events, looks, mismatches }: Look): LifeReport {
  return {
    ...{ seed, steps: lines.length, events, looks },
    mismatches: mismatches.map(({ signature, isUndecided = false }) => ({
      signature,
      isUndecided,
    })),
  }
}

export function count(tally: Tally, report: LifeReport): void {
  tally.lives += 1
  tally.events += report.events
  tally.looks += report.looks
  const seen = new Set<string>()
  for (const { signature, isUndecided } of report.mismatches) {
    const findings = isUndecided ? tally.undecided : tally.wrong
    const known = findings.get(signature)
    const finding = known ?? {
      signature,
      lives: 0,
      mismatches: 0,
      seed: report.seed,
      steps: Infinity,
    }
    if (known === undefined) findings.set(signature, finding)
    finding.mismatches += 1
    if (!seen.has(signature)) finding.lives += 1
    seen.add(signature)
    if (report.steps < finding.steps)
      Object.assign(finding, { seed: report.seed, steps: report.steps })
  }
}
