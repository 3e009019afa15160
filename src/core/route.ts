import { compareText } from './canonical.ts'
import type { AnySnapshot } from './fact.ts'

/** `object` hangs under `parent`: what is known of it belongs where the parent belongs. */
export interface Link {
  object: string
  parent: string
}

export interface Route {
  /** Key the snapshot itself is filed under. */
  key: string
  /** What else the snapshot tells about where objects belong. */
  links: Link[]
}

/**
 * Where a snapshot belongs. An object that names a Stripe customer is filed under it; refunds,
 * disputes, joins and guest payments name none and hang under what they refer to, until a payload
 * that knows both adopts them (design, "Routing").
 */
export function routeOf(snapshot: AnySnapshot): Route {
  const { key, links } = namedBy(snapshot)
  return { key, links: links.map(downward) }
}

function namedBy(snapshot: AnySnapshot): Route {
  const { type, object: id, after } = snapshot
  if (after === null) return { key: id, links: [] }
  switch (type) {
    case 'customer':
    case 'entitlement_summary':
      return { key: id, links: [] }
    case 'product':
    case 'price':
    case 'test_clock':
      // Nobody's in particular: a root of its own.
      return { key: id, links: [] }
    case 'manual_grant':
      return { key: manualKey(after.customer), links: [] }
    case 'subscription':
      // A bill Stripe no longer knows names nobody: its subscription says whose it would be.
      return under(after.customer, id, [after.latestInvoice])
    case 'setup_intent':
      return under(after.customer, id, [])
    case 'invoice':
      return under(after.customer, id, [
        ...after.paymentIntents,
        ...after.charges,
        after.subscription,
      ])
    case 'checkout_session':
      return after.customer === null
        ? guestSession(id, after.paymentIntent, after.invoice)
        : under(after.customer, id, [after.paymentIntent, after.invoice, after.subscription])
    case 'payment_intent':
      if (after.customer === null && after.invoice !== null) return hang(id, after.invoice)
      return under(after.customer, id, [after.latestCharge])
    case 'charge':
      if (after.customer !== null) return under(after.customer, id, [after.paymentIntent])
      return hang(id, after.paymentIntent ?? after.invoice)
    case 'invoice_payment':
      return joinPayment(id, after.invoice, after.paymentIntent, after.charge)
    case 'refund':
    case 'dispute':
      return hang(id, after.charge ?? after.paymentIntent, after.paymentIntent)
  }
}

/** The root of an app customer's manual grants: they name the app's own id. */
export function manualKey(customer: string): string {
  return `manual/${customer}`
}

function under(customer: string | null, id: string, related: readonly (string | null)[]): Route {
  const parent = customer ?? id
  const links = related.flatMap((object) =>
    object === null || object === parent ? [] : { object, parent },
  )
  if (parent !== id) links.push({ object: id, parent })
  return { key: parent, links }
}

/** Filed under itself, hanging under what it refers to. */
function hang(id: string, parent: string | null, also: string | null = null): Route {
  const links: Link[] = []
  if (parent !== null && parent !== id) links.push({ object: id, parent })
  if (also !== null && parent !== null && also !== parent) {
    links.push({ object: parent, parent: also })
  }
  return { key: id, links }
}

/** A guest's session is filed with its payment, so that charge, refund and dispute find it. */
function guestSession(id: string, paymentIntent: string | null, invoice: string | null): Route {
  const parent = paymentIntent ?? id
  const links: Link[] = []
  if (parent !== id) links.push({ object: id, parent })
  if (invoice !== null) links.push({ object: invoice, parent })
  return { key: parent, links }
}

function joinPayment(
  id: string,
  invoice: string | null,
  paymentIntent: string | null,
  charge: string | null,
): Route {
  if (invoice === null) return hang(id, paymentIntent ?? charge)
  const links = [paymentIntent, charge].flatMap((object) =>
    object === null ? [] : { object, parent: invoice },
  )
  return { key: id, links: [{ object: id, parent: invoice }, ...links] }
}

/** Kinds of ids in the order in which they may hang under one another. */
const LEVELS: readonly (readonly string[])[] = [
  ['cus_', 'acct_', 'cust_'],
  ['sub_'],
  ['in_'],
  ['pi_'],
  ['ch_', 'py_'],
]

/**
 * Two objects that belong together, the same way round whoever names whom: a guest's session names
 * both its payment and its invoice, the join of these two the other way. Every parent is less than
 * what hangs under it, so no payload, odd or hostile, can make a circle.
 */
function downward({ object, parent }: Link): Link {
  const order = levelOf(parent) - levelOf(object) || compareText(parent, object)
  return order < 0 ? { object, parent } : { object: parent, parent: object }
}

function levelOf(id: string): number {
  const level = LEVELS.findIndex((prefixes) => prefixes.some((prefix) => id.startsWith(prefix)))
  return level === -1 ? LEVELS.length : level
}

/**
 * Of two parents claimed for one object, the one that counts: a Stripe customer before anything
 * else, then the earlier in text. A minimum, so the order in which links are learnt is no matter.
 */
export function preferParent(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b
  const rank = (parent: string) => (isCustomerKey(parent) ? 0 : parent.startsWith('in_') ? 1 : 2)
  return rank(a) - rank(b) < 0 || (rank(a) === rank(b) && compareText(a, b) <= 0) ? a : b
}

function isCustomerKey(key: string): boolean {
  return key.startsWith('cus_') || key.startsWith('acct_') || key.startsWith('cust_')
}

/** Follows parents up to the root; of a circle, which no link makes, its least id is the root. */
export function rootOf(key: string, parentOf: (key: string) => string | null | undefined): string {
  const met = new Set<string>()
  let root = key
  while (!met.has(root)) {
    met.add(root)
    const parent = parentOf(root)
    if (parent === null || parent === undefined) return root
    root = parent
  }
  const way = [...met]
  return way
    .slice(way.indexOf(root))
    .reduce((least, id) => (compareText(id, least) < 0 ? id : least))
}
