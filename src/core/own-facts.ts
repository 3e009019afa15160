import type { Catalog } from './compile-catalog.ts'
import type { Facts } from './facts.ts'
import { identify } from './identity.ts'
import { join } from './joins.ts'

/** Which app customer each object belongs to; what names nobody is left out. */
export type Owners = ReadonlyMap<string, string>

/** One Stripe customer may pay for several app customers: each source has an owner of its own (R29). */
export function ownersIn(facts: Facts, catalog: Catalog): Owners {
  const joins = join(facts)
  const identity = identify(facts, joins, catalog)
  const owners = new Map<string, string>()
  const put = (id: string, owner: string | undefined) => {
    if (owner !== undefined) owners.set(id, owner)
  }
  for (const view of facts.subscriptions.values()) put(view.id, identity.ofSubscription(view))
  for (const view of facts.sessions.values()) put(view.id, identity.ofSession(view))
  for (const view of facts.invoices.values()) {
    const session = joins.sessionOfInvoice.get(view.id) ?? ''
    const source = owners.get(view.state.subscription ?? '') ?? owners.get(session)
    put(view.id, source ?? identity.ofInvoice(view))
  }
  for (const view of facts.paymentIntents.values()) {
    const session = owners.get(joins.sessionOfPaymentIntent.get(view.id) ?? '')
    const invoice = owners.get(joins.invoiceOfPaymentIntent.get(view.id) ?? '')
    put(view.id, session ?? invoice ?? identity.ofPaymentIntent(view))
  }
  for (const { id, state } of facts.charges.values()) {
    put(id, owners.get(state.paymentIntent ?? '') ?? owners.get(state.invoice ?? ''))
  }
  for (const { id, state } of [...facts.refunds.values(), ...facts.disputes.values()]) {
    put(id, owners.get(state.charge ?? '') ?? owners.get(state.paymentIntent ?? ''))
  }
  for (const { id, state } of facts.manualGrants.values()) put(id, state.customer)
  return owners
}

/** The facts without what belongs to somebody else. Identity and joins are left to the whole. */
export function ownFacts(facts: Facts, isOthers: (id: string) => boolean): Facts {
  const own = <V>(map: Map<string, V>) => new Map([...map].filter(([id]) => !isOthers(id)))
  return {
    ...facts,
    sessions: own(facts.sessions),
    subscriptions: own(facts.subscriptions),
    invoices: own(facts.invoices),
    paymentIntents: own(facts.paymentIntents),
    charges: own(facts.charges),
    refunds: own(facts.refunds),
    disputes: own(facts.disputes),
    manualGrants: own(facts.manualGrants),
  }
}
