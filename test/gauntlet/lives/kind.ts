import fc from 'fast-check'
import type { LifeStage } from './life-stage.ts'

type Field = string | number | boolean

/** One step of a life: plain data, so that a script can be kept and played again. */
export interface Step {
  readonly do: string
  readonly [field: string]: Field
}

/** What steps of one name draw, mean and do. */
export interface Kind {
  readonly name: string
  /** How often it is drawn, beside the others. */
  readonly weight: number
  readonly steps: fc.Arbitrary<Step>
  /** In a few words, for a script that people read. */
  words(step: Step): string
  /** @returns what it was done to, in a word or two; null where there is nothing it applies to. */
  play(stage: LifeStage, step: Step): Promise<string | null>
}

/** Fields are drawn from short lists; a failure shrinks towards the first of each. */
export function kind<Fields extends Readonly<Record<string, Field>>>(
  name: string,
  weight: number,
  fields: { readonly [Key in keyof Fields]: readonly Fields[Key][] },
  does: {
    words(fields: Fields): string
    play(stage: LifeStage, fields: Fields): Promise<string | null>
  },
): Kind {
  const drawn = Object.fromEntries(
    Object.entries(fields).map(([key, values]) => [key, fc.constantFrom(...values)]),
  )
  return {
    name,
    weight,
    steps: fc.record(drawn).map((values) => ({ ...values, do: name })) as fc.Arbitrary<Step>,
    words: (step) => does.words(step as unknown as Fields),
    play: (stage, step) => does.play(stage, step as unknown as Fields),
  }
}
