import qs from 'qs'
import type { Route } from '../../../src/sandbox/protocol/route.ts'
import type { World } from '../../../src/sandbox/world/world.ts'
import { parameterNames } from '../judges/sdk-schema.ts'
import type { Params } from '../support/call.ts'
import type { Dice } from './dice.ts'
import { plausible, plausibleFields, shapeOf } from './plausible.ts'
import { idsOf, idsOfAll, tableOfSegment } from './references.ts'
import { POLLUTION, wrongId, wrongValue } from './wrong-values.ts'

/** A request as it goes over the wire. */
export interface Sent {
  readonly method: Route['method']
  readonly path: string
  /** Without the question mark. */
  readonly query: string
  readonly body: string
  /** The `Stripe-Version` header; null sends none. */
  readonly version: string | null
}

const VERSIONS = ['2026-10-28.endive', '2026-10-28.endive', null, '2025-03-31.basil', '2024-06-20']

const EXPANDED = [
  ...['customer', 'data.customer', 'latest_invoice.payments', 'items.data.price.product'],
  ...['line_items', 'payment_intent.latest_charge.balance_transaction', 'default_price'],
  ...['subscription', 'data.subscription', 'discounts', 'discounts.promotion_code', 'tiers'],
  ...['data.line_items', 'confirmation_secret', 'latest_charge', 'refunds', 'invoice', 'x.y.z'],
  ...['subscriptions', 'sources', 'payments.data.payment.payment_intent', 'setup_intent', 'data'],
]

/**
 * A call of the route, by ids and parameters that are mostly sound, and sometimes anything but.
 * `sound` are parameters it has taken before.
 */
export function requestFor(
  world: World,
  route: Route,
  dice: Dice,
  removed: readonly string[],
  sound: readonly Params[],
): Sent {
  const others = [...removed.slice(-3), ...idsOfAll(world)]
  const path = pathOf(world, route, dice, others)
  const params = paramsOf(world, route, dice, others, sound)
  const isJson = path.startsWith('/v2/') && route.method === 'POST'
  const pollution = dice.chance(0.03) ? `&${dice.one(POLLUTION)}` : ''
  const written = isJson
    ? JSON.stringify(params)
    : `${qs.stringify(params, { encodeValuesOnly: dice.chance(0.5) })}${pollution}`
  return {
    method: route.method,
    path,
    query: route.method === 'POST' ? '' : written,
    body: route.method === 'POST' ? written : '',
    version: dice.one(VERSIONS),
  }
}

function pathOf(world: World, route: Route, dice: Dice, others: readonly string[]): string {
  const segments = route.path.split('/')
  return segments
    .map((segment, at) => {
      if (!segment.startsWith(':')) return segment
      const before = segments[at - 1] ?? ''
      const ids = idsIn(world, before, segments)
      if (ids.length === 0 || dice.chance(0.06)) return wrongId(dice, others)
      // The newest are the likeliest to be still in the midst of something.
      return dice.one(dice.chance(0.6) ? ids.slice(-2) : ids)
    })
    .join('/')
}

function idsIn(world: World, segment: string, path: readonly string[]): readonly string[] {
  if (segment === 'events') {
    const table = path[1] === 'v2' ? world.thinEvents : world.events
    return [...table.newestFirst()].slice(0, 5).map(({ id }) => id)
  }
  if (segment === 'features' && path.includes('products')) return idsOf(world, 'product_feature')
  if (segment === 'balance_transactions' && path.includes('customers')) {
    return idsOf(world, 'customer_balance_transaction')
  }
  const table = tableOfSegment(segment)
  return table === undefined ? [] : idsOf(world, table)
}

function paramsOf(
  world: World,
  route: Route,
  dice: Dice,
  others: readonly string[],
  sound: readonly Params[],
): Record<string, unknown> {
  if (dice.chance(0.05)) return {}
  const shape = shapeOf(route.params)
  const params =
    sound.length > 0 && dice.chance(0.5)
      ? { ...dice.one(sound), ...plausibleSome(shape, world, dice) }
      : plausibleFields(shape, { world, dice }, dice.one([0, 0.02, 0.1, 0.3]))
  if (dice.chance(0.15)) params['expand'] = [dice.one(EXPANDED)]
  if (dice.chance(0.7)) return params
  const names = [...(parameterNames(route.method, route.path) ?? []), ...Object.keys(shape)]
  for (let spoilt = dice.one([1, 1, 2, 4]); spoilt > 0 && names.length > 0; spoilt -= 1) {
    const name = dice.one(names)
    const known = shape[name]
    params[name] =
      known !== undefined && dice.chance(0.4)
        ? spoiltInside(plausible(known, { world, dice, name }), dice, others)
        : wrongValue(dice, others)
  }
  return params
}

/** One more parameter, or none. */
function plausibleSome(
  shape: ReturnType<typeof shapeOf>,
  world: World,
  dice: Dice,
): Record<string, unknown> {
  const names = Object.keys(shape)
  if (names.length === 0 || dice.chance(0.4)) return {}
  const name = dice.one(names)
  const schema = shape[name]
  return schema === undefined ? {} : { [name]: plausible(schema, { world, dice, name }) }
}

/** A value that is sound but for one place inside it. */
function spoiltInside(value: unknown, dice: Dice, others: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null) return wrongValue(dice, others)
  const keys = Object.keys(value)
  if (keys.length === 0) return wrongValue(dice, others)
  const key = dice.one(keys)
  const inner = (value as Readonly<Record<string, unknown>>)[key]
  const spoilt = spoiltInside(inner, dice, others)
  if (Array.isArray(value)) return value.map((each, at) => (String(at) === key ? spoilt : each))
  return { ...value, [key]: spoilt }
}
