import type { z } from 'zod'
import type { World } from '../../../src/sandbox/world/world.ts'
import type { Dice } from './dice.ts'
import { idsOf, idsOfAll, tableOfParameter } from './references.ts'

/** What a value is made for. */
export interface Wanted {
  readonly world: World
  readonly dice: Dice
  /** The parameter's name, or that of the list it is in. */
  readonly name: string
}

type Schema = z.core.$ZodType
type Def = {
  readonly type: string
  readonly shape?: Readonly<Record<string, Schema>>
  readonly innerType?: Schema
  readonly element?: Schema
  readonly options?: readonly Schema[]
  readonly in?: Schema
  readonly out?: Schema
  readonly values?: readonly unknown[]
  readonly getter?: () => Schema
}

/** A value such as a parameter of this schema takes, mostly: of its kind, with ids that exist. */
export function plausible(schema: Schema, wanted: Wanted): unknown {
  const { dice } = wanted
  const def = schema._zod.def as unknown as Def
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'default':
    case 'readonly':
      return plausible(def.innerType as Schema, wanted)
    case 'lazy':
      return plausible((def.getter as () => Schema)(), wanted)
    case 'object':
      return plausibleFields(def.shape ?? {}, wanted, 0.25)
    case 'array':
      return Array.from({ length: dice.one([1, 1, 1, 2, 3]) }, () =>
        plausible(def.element as Schema, wanted),
      )
    case 'record':
      return { [dice.one(['plan', 'seats', 'x'])]: dice.one(['pro', '5', '']) }
    case 'literal':
      return dice.one(def.values ?? [''])
    case 'union':
      return isScalar(schema)
        ? scalarFor(schema, wanted)
        : plausible(dice.one(def.options ?? []), wanted)
    case 'pipe': {
      const input = def.in as Schema
      if (isScalar(input)) return scalarFor(schema, wanted)
      return plausible(typeOf(input) === 'transform' ? (def.out as Schema) : input, wanted)
    }
    default:
      return scalarFor(schema, wanted)
  }
}

/** Fields of a hash: the required ones, and some of the others. */
export function plausibleFields(
  shape: Readonly<Record<string, Schema>>,
  { world, dice }: Pick<Wanted, 'world' | 'dice'>,
  share: number,
): Record<string, unknown> {
  const fields: Record<string, unknown> = {}
  for (const [name, schema] of Object.entries(shape)) {
    const isWanted = typeOf(schema) === 'optional' ? dice.chance(share) : dice.chance(0.97)
    if (isWanted) fields[name] = plausible(schema, { world, dice, name })
  }
  return fields
}

/** The fields a route's parameters have on the top level. */
export function shapeOf(schema: Schema): Readonly<Record<string, Schema>> {
  const def = schema._zod.def as unknown as Def
  if (def.shape !== undefined) return def.shape
  if (def.options !== undefined) return Object.assign({}, ...def.options.map(shapeOf)) as never
  const inner = def.innerType ?? (typeOf(def.in) === 'transform' ? def.out : def.in)
  return inner === undefined ? {} : shapeOf(inner)
}

function typeOf(schema: Schema | undefined): string | undefined {
  return (schema?._zod.def as unknown as Def | undefined)?.type
}

/** Whether it is what every scalar parameter begins as: a text, a number or a flag. */
function isScalar(schema: Schema): boolean {
  const def = schema._zod.def as unknown as Def
  return (
    def.type === 'union' &&
    (def.options ?? []).every((option) =>
      ['string', 'number', 'boolean'].includes(typeOf(option) ?? ''),
    )
  )
}

const WORDS = [
  ...['true', 'false', 'usd', 'eur', 'jpy', '0', '1', '2', '3', '7', '100', '1500', '12.5'],
  ...['0.5', 'text', 'a@b.test', 'https://app.test/x', 'now', 'DE', 'tok_visa', 'SAVE10'],
]
const TIMES = [-86_400, -60, 0, 60, 3_600, 86_400, 10 * 86_400, 31 * 86_400, 400 * 86_400]

const taken = new WeakMap<Schema, readonly string[]>()

function scalarFor(schema: Schema, { world, dice, name }: Wanted): unknown {
  const times = TIMES.map((by) => String(world.now() + by))
  const table = name === 'id' ? dice.one(['subscription_item', 'line_item'] as const) : undefined
  const references = table ?? tableOfParameter(name)
  const words = wordsOf(schema)
  if (references !== undefined && words.includes('text') && dice.chance(0.97)) {
    const ids = idsOf(world, references)
    if (references === 'payment_method' && dice.chance(0.5)) return dice.one(TOKENS)
    if (ids.length > 0) return dice.one(ids)
  }
  if (/^(starting_after|ending_before)$/u.test(name)) return dice.one(idsOfAll(world))
  if (/(_at|_end|_start|_time|_date|timestamp|period)$|^(end|start|gte?|lte?)$/u.test(name)) {
    const times_ = times.filter((time) => passes(schema, time))
    if (times_.length > 0 && dice.chance(0.9)) return dice.one(times_)
  }
  return words.length === 0 ? 'text' : dice.one(words)
}

const TOKENS = [
  ...['pm_card_visa', 'pm_card_chargeDeclined', 'pm_card_authenticationRequired'],
  ...['pm_card_chargeCustomerFail', 'pm_card_createDispute', 'pm_card_pendingRefund'],
  ...['pm_usBankAccount_success', 'pm_card_threeDSecure2Required', 'pm_card_radarBlock'],
]

/** The words that a scalar takes: its own, where it names some in its refusal, else of the usual. */
function wordsOf(schema: Schema): readonly string[] {
  const known = taken.get(schema)
  if (known !== undefined) return known
  const own = enumerated(schema)
  const words = own.length > 0 ? own : WORDS.filter((word) => passes(schema, word))
  taken.set(schema, words)
  return words
}

function passes(schema: Schema, value: unknown): boolean {
  return (schema as z.ZodType).safeParse(value).success
}

function enumerated(schema: Schema): string[] {
  const { error } = (schema as z.ZodType).safeParse('\u0001')
  const message = error?.issues[0]?.message ?? ''
  const [, values] = /must be one of (.*)$/u.exec(message) ?? []
  return values === undefined ? [] : values.split(/, or | or |, /u)
}
