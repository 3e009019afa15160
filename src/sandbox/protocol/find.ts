import type { TableName, Tables } from '../tables.ts'
import type { World } from '../world/world.ts'
import { missing } from './stripe-error.ts'

/** The object an id in the path names, or 404 in Stripe's words. */
export function inPath<Name extends TableName>(
  world: World,
  name: Name,
  id: string | undefined,
  noun: string = spoken(name),
  param = 'id',
): Tables[Name] {
  const value = world.get(name, id)
  if (value === undefined) throw missing(noun, id ?? '', param)
  return value
}

/** The object an id in a parameter names, or 400 (Stripe answers 400 where a parameter is at fault). */
export function inParameter<Name extends TableName>(
  world: World,
  name: Name,
  id: string,
  param: string,
  noun: string = spoken(name),
): Tables[Name] {
  const value = world.get(name, id)
  if (value === undefined) throw missing(noun, id, param, 400)
  return value
}

/** `payment_method` is spoken of as `PaymentMethod` in Stripe's errors; most others as they are. */
function spoken(name: TableName): string {
  const noun = name.slice(name.indexOf('.') + 1)
  return noun === 'payment_method' ? 'PaymentMethod' : noun
}
