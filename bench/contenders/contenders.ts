import type { Contender } from './contender.ts'
import { floor } from './floor.ts'
import { intake } from './intake.ts'
import { intakeOverHttp } from './intake-over-http.ts'
import { loneInsert } from './lone-insert.ts'
import { naive } from './naive.ts'
import { naiveExpress } from './naive-express.ts'
import { wholePath } from './whole-path.ts'
import { accessService } from '../reads/access-service.ts'
import { bareLookup } from '../reads/bare-lookup.ts'

export const CONTENDERS: readonly Contender[] = [
  floor,
  loneInsert,
  intake,
  intakeOverHttp,
  wholePath,
  naive,
  naiveExpress,
]

export const READERS: readonly Contender[] = [bareLookup, accessService]

export function contenderNamed(name: string): Contender {
  const found = [...CONTENDERS, ...READERS].find((contender) => contender.name === name)
  if (found === undefined) throw new Error(`There is no contender ${JSON.stringify(name)}.`)
  return found
}
