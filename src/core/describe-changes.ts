import { formatSecond } from './calendar.ts'
import { clean } from './canonical.ts'
import type { Catalog } from './compile-catalog.ts'
import { tell, type Telling } from './deed.ts'
import { describeCheckouts } from './describe-checkout.ts'
import { describeInvoices } from './describe-invoice.ts'
import { describePayments } from './describe-payment.ts'
import { describeCourses } from './describe-course.ts'
import { describePlans } from './describe-plan.ts'
import type { Facts } from './facts.ts'
import { join } from './joins.ts'
import { inWords, type Names } from './names.ts'
import { ownFacts, type Owners } from './own-facts.ts'

/** What was known at a second, and whose it was by then. */
export interface Known {
  facts: Facts
  owners: Owners
}

interface Context {
  customer: string
  names: Names
  /** At the end of the story. */
  final: Known
  catalog: Catalog
}

type Described = Pick<Telling, 'deeds' | 'minor'>

/**
 * What happened between two sets of facts, as a person would tell it: a purchase is one sentence,
 * not the dozen events Stripe makes of it.
 */
export function describeChanges(before: Known, after: Known, context: Context): Described {
  const { customer, final, names, catalog } = context
  const isOthers = (id: string) => {
    const owners = [before, after, final].flatMap((known) => known.owners.get(id) ?? [])
    return owners.length > 0 && !owners.includes(customer)
  }
  const [own, ownAfter, ownFinal] = [before, after, final].map(({ facts }) =>
    ownFacts(facts, isOthers),
  ) as [Facts, Facts, Facts]
  const telling: Telling = {
    before: own,
    after: ownAfter,
    joins: join(ownAfter),
    joinsBefore: join(own),
    catalog,
    names,
    final: ownFinal,
    deeds: [],
    minor: [],
    covered: new Set(),
  }
  describeLinks(telling, before.owners, after.owners, customer)
  describeCheckouts(telling)
  describePlans(telling)
  describeInvoices(telling)
  describeCourses(telling)
  describePayments(telling)
  describeCustomers(telling)
  if (catalog.byStripeFeature.size > 0) describeEntitlements(telling)
  describeGrants(telling)
  for (const id of after.facts.missing) {
    if (!before.facts.missing.has(id)) tell(telling, `Stripe does not know ${clean(id)}.`, [id])
  }
  return telling
}

/** Whose a purchase is may be told after the purchase itself. */
function describeLinks(telling: Telling, before: Owners, after: Owners, customer: string): void {
  const { names } = telling
  const sold = [
    ...[...telling.after.subscriptions.values()].map(({ id, state }) => ({
      ...{ id, what: `The subscription to ${names.list(state.items)}` },
    })),
    ...[...telling.after.sessions.values()]
      .filter(({ completedAt, state }) => completedAt !== null && state.mode === 'payment')
      .map(({ id }) => ({ id, what: 'The purchase by Checkout' })),
  ]
  for (const { id, what } of sold) {
    const [was, is] = [before.get(id), after.get(id)]
    if (was === undefined || is === undefined || was === is) continue
    if (is === customer) tell(telling, `${what} was linked to ${clean(customer)}.`, [id])
    else if (was === customer) tell(telling, `${what} was linked to another customer.`, [id])
  }
}

function describeCustomers(telling: Telling): void {
  for (const { id, state } of telling.after.customers.values()) {
    const isNews = telling.before.customers.get(id)?.state.deleted !== true
    if (state.deleted && isNews) tell(telling, 'The Stripe customer was deleted.', [id])
  }
}

function describeEntitlements(telling: Telling): void {
  for (const { id, state } of telling.after.entitlements.values()) {
    const keys = inWords(state.lookupKeys.map((key) => clean(key)))
    const before = telling.before.entitlements.get(id)?.state.lookupKeys ?? []
    if (inWords(before.map((key) => clean(key))) === keys) continue
    const more = state.hasMore ? ', and more' : ''
    tell(telling, `Stripe’s active entitlements are now ${keys || 'none'}${more}.`, [id])
  }
}

function describeGrants(telling: Telling): void {
  for (const { id, state } of telling.after.manualGrants.values()) {
    const before = telling.before.manualGrants.get(id)
    const feature = clean(state.feature)
    if (state.isRevoked && before?.state.isRevoked !== true) {
      tell(telling, `The grant of ${feature} by hand was revoked.`, [id])
    } else if (before === undefined) {
      const until = state.until === null ? '' : ` until ${formatSecond(state.until)}`
      tell(telling, `Granted by hand: ${feature}${until}.`, [id])
    }
  }
}
