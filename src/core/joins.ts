import type { Facts } from './facts.ts'

/** Which money belongs to which invoice or purchase: Stripe spreads the joins over five objects. */
export interface Joins {
  paymentIntentsOfInvoice: Map<string, Set<string>>
  chargesOfInvoice: Map<string, Set<string>>
  chargesOfPaymentIntent: Map<string, Set<string>>
  refundsOfPayment: Map<string, Set<string>>
  disputesOfPayment: Map<string, Set<string>>
  invoicesOfSubscription: Map<string, Set<string>>
  sessionsOfSubscription: Map<string, Set<string>>
  sessionOfInvoice: Map<string, string>
  sessionOfPaymentIntent: Map<string, string>
  invoiceOfPaymentIntent: Map<string, string>
}

export function join(facts: Facts): Joins {
  const joins: Joins = {
    paymentIntentsOfInvoice: new Map(),
    chargesOfInvoice: new Map(),
    chargesOfPaymentIntent: new Map(),
    refundsOfPayment: new Map(),
    disputesOfPayment: new Map(),
    invoicesOfSubscription: new Map(),
    sessionsOfSubscription: new Map(),
    sessionOfInvoice: new Map(),
    sessionOfPaymentIntent: new Map(),
    invoiceOfPaymentIntent: new Map(),
  }
  joinInvoices(facts, joins)
  joinPayments(facts, joins)
  joinReversals(facts, joins)
  joinSessions(facts, joins)
  return joins
}

function add(map: Map<string, Set<string>>, from: string | null, to: string | null): void {
  if (from === null || to === null) return
  const known = map.get(from)
  if (known === undefined) map.set(from, new Set([to]))
  else known.add(to)
}

/** Before basil the invoice names its payment; since then only an InvoicePayment does (§2.3). */
function joinInvoices({ invoices, invoicePayments }: Facts, joins: Joins): void {
  const pay = (invoice: string | null, paymentIntent: string | null) => {
    add(joins.paymentIntentsOfInvoice, invoice, paymentIntent)
    if (invoice !== null && paymentIntent !== null) {
      joins.invoiceOfPaymentIntent.set(paymentIntent, invoice)
    }
  }
  for (const { id, state } of invoices.values()) {
    for (const paymentIntent of state.paymentIntents) pay(id, paymentIntent)
    for (const charge of state.charges) add(joins.chargesOfInvoice, id, charge)
    add(joins.invoicesOfSubscription, state.subscription, id)
    for (const line of state.lines) add(joins.invoicesOfSubscription, line.subscription, id)
  }
  for (const { state } of invoicePayments.values()) {
    pay(state.invoice, state.paymentIntent)
    add(joins.chargesOfInvoice, state.invoice, state.charge)
  }
}

function joinPayments({ paymentIntents, charges }: Facts, joins: Joins): void {
  for (const { id, state } of paymentIntents.values()) {
    add(joins.paymentIntentsOfInvoice, state.invoice, id)
    if (state.invoice !== null) joins.invoiceOfPaymentIntent.set(id, state.invoice)
    add(joins.chargesOfPaymentIntent, id, state.latestCharge)
  }
  for (const { id, state } of charges.values()) {
    add(joins.chargesOfPaymentIntent, state.paymentIntent, id)
    add(joins.chargesOfInvoice, state.invoice, id)
  }
}

function joinReversals({ refunds, disputes }: Facts, joins: Joins): void {
  for (const { id, state } of refunds.values()) {
    add(joins.refundsOfPayment, state.charge, id)
    add(joins.refundsOfPayment, state.paymentIntent, id)
  }
  for (const { id, state } of disputes.values()) {
    add(joins.disputesOfPayment, state.charge, id)
    add(joins.disputesOfPayment, state.paymentIntent, id)
  }
}

function joinSessions({ sessions }: Facts, joins: Joins): void {
  for (const { id, state } of sessions.values()) {
    add(joins.sessionsOfSubscription, state.subscription, id)
    if (state.invoice !== null) joins.sessionOfInvoice.set(state.invoice, id)
    if (state.paymentIntent !== null) joins.sessionOfPaymentIntent.set(state.paymentIntent, id)
  }
}
