import fc from 'fast-check'
import { LIVES, type Life } from './life.ts'
import { lookAtLife, type Judge, type Look } from './look-at-life.ts'

/** The seed of the n-th life of a run: lives of one run do not depend on each other. */
export function seedOf(run: number, life: number): number {
  return Math.imul(run, 1_000_003) + life
}

/** The life of a seed; with a path, one that a failure of it shrank to. */
export function lifeOf(seed: number, path = '0'): Life {
  let found: Life | undefined
  const note = (life: Life) => {
    found ??= life
  }
  fc.check(fc.property(LIVES, note), { seed, path, numRuns: 1, endOnFailure: true })
  if (found === undefined) throw new Error(`There is no life of seed ${seed} and path ${path}.`)
  return found
}

/** The shortest life found that still fails in the same way. */
export interface Shrunk {
  readonly seed: number
  readonly path: string
  readonly signature: string
  readonly life: Life
  readonly look: Look
}

/** @returns null where no look at the life fails so: the failure then needs the seconds it was seen at. */
export async function shrinkLife(
  { seed, signature }: Pick<Shrunk, 'seed' | 'signature'>,
  judge: Judge,
  milliseconds: number,
): Promise<Shrunk | null> {
  const until = (mismatch: { signature: string }) => mismatch.signature === signature
  const fails = fc.asyncProperty(LIVES, async (life) => {
    const { mismatches } = await lookAtLife(life, judge, until)
    return !mismatches.some(until)
  })
  const { counterexample, counterexamplePath } = await fc.check(fails, {
    seed,
    path: '0',
    numRuns: 1,
    interruptAfterTimeLimit: milliseconds,
  })
  if (counterexample === null || counterexamplePath === null) return null
  const [life] = counterexample
  return {
    seed,
    path: counterexamplePath,
    signature,
    life,
    look: await lookAtLife(life, judge),
  }
}
