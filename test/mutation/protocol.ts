/** What one examiner needs to know of a mutant. */
export interface Assignment {
  id: string
  file: string
}

export type Verdict = 'killed' | 'timeout' | 'crashed' | 'survived' | 'uncovered'

export interface Result {
  id: string
  verdict: Verdict
  /** File and title of the test that noticed it. */
  killer: string | null
  /** How many tests run its code. */
  coveredBy: number
  milliseconds: number
}

/** From the examiner to whoever watches it. */
export type Told =
  { kind: 'ready' } | { kind: 'broken'; failures: string[] } | { kind: 'result'; result: Result }

/** To the examiner. */
export type Asked = { kind: 'examine'; mutant: Assignment } | { kind: 'done' }
