import type { Kind } from '../kind.ts'
import { BUYING } from './buying.ts'
import { CHANGING } from './changing.ts'
import { DUNNING } from './dunning.ts'
import { ENDING } from './ending.ts'
import { PAUSING } from './pausing.ts'
import { PAYING } from './paying.ts'
import { TAKING_BACK } from './taking-back.ts'
import { WAITING } from './waiting.ts'

export const KINDS: readonly Kind[] = [
  ...WAITING,
  ...BUYING,
  ...CHANGING,
  ...PAYING,
  ...TAKING_BACK,
  ...PAUSING,
  ...ENDING,
  ...DUNNING,
]

const BY_NAME = new Map(KINDS.map((kind) => [kind.name, kind]))

/** @throws {Error} for a step of a script that no kind is called like. */
export function kindOf(name: string): Kind {
  const kind = BY_NAME.get(name)
  if (kind === undefined) {
    throw new Error(`No step is called "${name}"; there are ${[...BY_NAME.keys()].join(', ')}`)
  }
  return kind
}
