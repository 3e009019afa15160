import type { TableName } from '../tables.ts'
import type { World } from '../world/world.ts'
import { invalidRequest } from './stripe-error.ts'

/** A field that is absent until it is asked for: `payments` of an invoice, `line_items` of a session. */
export type Includable = (world: World, object: never) => unknown

export type Includables = Readonly<Record<string, Readonly<Record<string, Includable>>>>

/** Which table an id belongs to, by its prefix. */
const BY_PREFIX: Readonly<Record<string, TableName>> = {
  cus: 'customer',
  prod: 'product',
  price: 'price',
  plan: 'price',
  promo: 'promotion_code',
  di: 'discount',
  txr: 'tax_rate',
  to: 'product_catalog.trial_offer',
  pm: 'payment_method',
  card: 'card',
  pi: 'payment_intent',
  seti: 'setup_intent',
  mandate: 'mandate',
  ch: 'charge',
  py: 'charge',
  txn: 'balance_transaction',
  re: 'refund',
  pyr: 'refund',
  du: 'dispute',
  dp: 'dispute',
  ii: 'invoiceitem',
  in: 'invoice',
  il: 'line_item',
  inpay: 'invoice_payment',
  cn: 'credit_note',
  cbtxn: 'customer_balance_transaction',
  sub: 'subscription',
  si: 'subscription_item',
  sub_sched: 'subscription_schedule',
  qt: 'quote',
  cs: 'checkout.session',
  plink: 'payment_link',
  mtr: 'billing.meter',
  feat: 'entitlements.feature',
  ent: 'entitlements.active_entitlement',
  credgr: 'billing.credit_grant',
  clock: 'test_helpers.test_clock',
  issfr: 'radar.early_fraud_warning',
  prv: 'review',
  ccsbtxn: 'customer_cash_balance_transaction',
}

/** The stored object behind an id, or its deleted form. */
export function lookUp(world: World, id: string): unknown {
  const prefix = id.startsWith('sub_sched_') ? 'sub_sched' : id.slice(0, id.indexOf('_'))
  const name = own(BY_PREFIX, prefix)
  if (name !== undefined) {
    const found = world.get(name, id)
    if (found !== undefined) return found
    if (world.table(name).wasRemoved(id)) return { id, object: name, deleted: true }
  }
  // Coupons, products and prices may have ids of the caller's own.
  return world.get('coupon', id) ?? world.get('product', id) ?? world.get('price', id)
}

/** Replaces ids by objects along `paths` (`latest_invoice.payments`, `data.customer`). */
export function expand(
  world: World,
  includables: Includables,
  answer: unknown,
  paths: readonly string[],
): unknown {
  return paths.reduce((object, path) => {
    const steps = path.split('.')
    if (steps.length > 5) {
      throw invalidRequest(
        `You cannot expand more than 4 levels of a property. Property: ${path}`,
        { param: 'expand' },
      )
    }
    return expandStep({ world, includables, path }, object, steps)
  }, answer)
}

interface Expansion {
  readonly world: World
  readonly includables: Includables
  readonly path: string
}

function expandStep(at: Expansion, value: unknown, steps: readonly string[]): unknown {
  const [step, ...rest] = steps
  if (step === undefined) return value
  if (Array.isArray(value)) return value.map((element) => expandStep(at, element, steps))
  if (typeof value !== 'object' || value === null) return value
  const fields = value as Readonly<Record<string, unknown>>
  if (fields['deleted'] === true) return value
  const deep = deepIncludable(at, fields, steps)
  if (deep !== undefined) return deep
  const include = own(own(at.includables, String(fields['object'])), step)
  const present = own(fields, step)
  const stored =
    include !== undefined && present === undefined ? include(at.world, value as never) : present
  if (stored === undefined) {
    // What may be included and is not there, such as the tiers of a flat price, stays away.
    if (include !== undefined) return value
    throw invalidRequest(`This property cannot be expanded (${step}).`, { param: 'expand' })
  }
  const whole = Array.isArray(stored)
    ? stored.map((element) => resolved(at.world, element))
    : resolved(at.world, stored)
  return { ...fields, [step]: expandStep(at, whole, rest) }
}

/** An includable inside a hash of the object is offered by its whole path: `features.x.products`. */
function deepIncludable(
  at: Expansion,
  fields: Readonly<Record<string, unknown>>,
  steps: readonly string[],
): unknown {
  const include = own(own(at.includables, String(fields['object'])), steps.join('.'))
  if (steps.length < 2 || include === undefined) return undefined
  const included = include(at.world, fields as never)
  const place = (hash: unknown, [step = '', ...rest]: readonly string[]): unknown => {
    const inner = (hash as Readonly<Record<string, unknown>>)[step]
    return { ...(hash as object), [step]: rest.length === 0 ? included : place(inner, rest) }
  }
  return place(fields, steps)
}

/** A caller chooses the names: `constructor` and `__proto__` are none of the table's. */
function own<T>(table: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return table !== undefined && Object.hasOwn(table, name) ? table[name] : undefined
}

function resolved(world: World, value: unknown): unknown {
  return typeof value === 'string' ? (lookUp(world, value) ?? value) : value
}
