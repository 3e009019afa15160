import { canonicalText, compareText } from './canonical.ts'
import type { AnySnapshot, FactType, Snapshot } from './fact.ts'
import { viewCheckout, type CheckoutView } from './views/checkout-view.ts'
import { viewEntitlements, type EntitlementView } from './views/entitlement-view.ts'
import { viewInvoice, type InvoiceView } from './views/invoice-view.ts'
import {
  viewCharge,
  viewDispute,
  viewInvoicePayment,
  viewPaymentIntent,
  viewRefund,
  type ChargeView,
  type PaymentIntentView,
} from './views/payment-views.ts'
import { viewSubscription, type SubscriptionView } from './views/subscription-view.ts'
import { viewLatest, type View } from './views/view.ts'

/** Everything believed about the objects of one or more roots, by object id. */
export interface Facts {
  customers: Map<string, View<'customer'>>
  sessions: Map<string, CheckoutView>
  subscriptions: Map<string, SubscriptionView>
  invoices: Map<string, InvoiceView>
  invoicePayments: Map<string, View<'invoice_payment'>>
  paymentIntents: Map<string, PaymentIntentView>
  charges: Map<string, ChargeView>
  refunds: Map<string, View<'refund'>>
  disputes: Map<string, View<'dispute'>>
  setupIntents: Map<string, View<'setup_intent'>>
  entitlements: Map<string, EntitlementView>
  testClocks: Map<string, View<'test_clock'>>
  manualGrants: Map<string, View<'manual_grant'>>
  /** Objects Stripe's API said it does not know. */
  missing: Set<string>
  /** Objects all of whose snapshots had a status no rule knows. */
  unknown: { type: FactType; id: string; status: string }[]
}

/** Folds a set of snapshots into facts. Any order, any repetition, same facts (law 2). */
export function buildFacts(snapshots: Iterable<AnySnapshot>): Facts {
  const facts: Facts = {
    customers: new Map(),
    sessions: new Map(),
    subscriptions: new Map(),
    invoices: new Map(),
    invoicePayments: new Map(),
    paymentIntents: new Map(),
    charges: new Map(),
    refunds: new Map(),
    disputes: new Map(),
    setupIntents: new Map(),
    entitlements: new Map(),
    testClocks: new Map(),
    manualGrants: new Map(),
    missing: new Set(),
    unknown: [],
  }
  for (const group of groupByObject(snapshots)) addObject(facts, group)
  return facts
}

/** The snapshots of each object, in one canonical order, exact repetitions dropped. */
export function groupByObject(snapshots: Iterable<AnySnapshot>): AnySnapshot[][] {
  const groups = new Map<string, AnySnapshot[]>()
  for (const snapshot of snapshots) {
    const key = `${snapshot.type}\n${snapshot.object}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [snapshot])
    else group.push(snapshot)
  }
  return [...groups].sort(([a], [b]) => compareText(a, b)).map(([, group]) => unite(group))
}

/** Union of snapshots: associative, commutative and idempotent, so facts may be merged anywhere. */
export function unite<S extends AnySnapshot>(snapshots: readonly S[]): S[] {
  if (snapshots.length < 2) return [...snapshots]
  const sorted = [...snapshots].sort(compareSnapshots)
  return sorted.filter((snapshot, index) => {
    const before = sorted[index - 1]
    return before === undefined || compareSnapshots(before, snapshot) !== 0
  })
}

/** States are compared only where the cheap fields tie: one event id may come in two shapes. */
function compareSnapshots(a: AnySnapshot, b: AnySnapshot): number {
  return (
    a.at - b.at ||
    compareText(a.observation, b.observation) ||
    compareText(a.eventType, b.eventType) ||
    compareText(a.request ?? '', b.request ?? '') ||
    compareText(textOf(a.after), textOf(b.after)) ||
    compareText(textOf(a.before), textOf(b.before))
  )
}

function textOf(state: object | null): string {
  return state === null ? '' : canonicalText(state)
}

function addObject(facts: Facts, group: readonly AnySnapshot[]): void {
  const first = group[0]
  if (first === undefined) return
  const { type, object: id } = first
  if (isMissing(group)) facts.missing.add(id)
  const put = <V extends View<FactType>>(map: Map<string, V>, view: V | null) => {
    if (view !== null) map.set(id, view)
    else noteUnknown(facts, group)
  }
  switch (type) {
    case 'customer':
      return put(facts.customers, viewCustomer(id, group as Snapshot<'customer'>[]))
    case 'checkout_session':
      return put(facts.sessions, viewCheckout(id, group as Snapshot<'checkout_session'>[]))
    case 'subscription':
      return put(facts.subscriptions, viewSubscription(id, group as Snapshot<'subscription'>[]))
    case 'invoice':
      return put(facts.invoices, viewInvoice(id, group as Snapshot<'invoice'>[]))
    case 'invoice_payment':
      return put(
        facts.invoicePayments,
        viewInvoicePayment(id, group as Snapshot<'invoice_payment'>[]),
      )
    case 'payment_intent':
      return put(facts.paymentIntents, viewPaymentIntent(id, group as Snapshot<'payment_intent'>[]))
    case 'charge':
      return put(facts.charges, viewCharge(id, group as Snapshot<'charge'>[]))
    case 'refund':
      return put(facts.refunds, viewRefund(id, group as Snapshot<'refund'>[]))
    case 'dispute':
      return put(facts.disputes, viewDispute(id, group as Snapshot<'dispute'>[]))
    case 'setup_intent':
      return put(facts.setupIntents, viewLatest(type, id, group as Snapshot<'setup_intent'>[]))
    case 'entitlement_summary':
      return put(
        facts.entitlements,
        viewEntitlements(id, group as Snapshot<'entitlement_summary'>[]),
      )
    case 'test_clock':
      return put(facts.testClocks, viewLatest(type, id, group as Snapshot<'test_clock'>[]))
    case 'manual_grant':
      return put(facts.manualGrants, viewManual(id, group as Snapshot<'manual_grant'>[]))
    case 'product':
    case 'price':
      // Kept as facts for display; no rule reads them (ARCHITECTURE.md, "What is absent").
      return
  }
}

/** Stripe said it knows no such object, and nothing of it was seen later. */
function isMissing(group: readonly AnySnapshot[]): boolean {
  let seenAt = -Infinity
  let absentAt: number | null = null
  for (const { at, origin, after } of group) {
    if (after !== null) seenAt = Math.max(at, seenAt)
    else if (origin === 'read') absentAt = Math.max(at, absentAt ?? at)
  }
  return absentAt !== null && absentAt >= seenAt
}

function noteUnknown(facts: Facts, group: readonly AnySnapshot[]): void {
  for (const { type, object, after } of group) {
    if (after === null || !('status' in after) || after.status === null) continue
    facts.unknown.push({ type, id: object, status: after.status })
    return
  }
}

/** Deletion is final (stripe-facts row 89). */
function viewCustomer(id: string, group: Snapshot<'customer'>[]): View<'customer'> | null {
  const deleted = group.filter(({ after }) => after?.deleted === true)
  const view = viewLatest('customer', id, group)
  if (view === null || deleted.length === 0) return view
  // A deleted customer's payload is bare: keep the identity it had.
  const alive = viewLatest(
    'customer',
    id,
    group.filter(({ after }) => after?.deleted !== true),
  )
  const gone = viewLatest('customer', id, deleted) ?? view
  const metadata = { ...alive?.state.metadata, ...gone.state.metadata }
  return {
    ...gone,
    firstAt: view.firstAt,
    lastAt: view.lastAt,
    state: { ...(alive?.state ?? gone.state), metadata, deleted: true, paymentMethodOnFile: false },
  }
}

/** A revoked grant stays revoked: granting again makes a new one. */
function viewManual(id: string, group: Snapshot<'manual_grant'>[]): View<'manual_grant'> | null {
  const revoked = group.filter(({ after }) => after?.isRevoked === true)
  return viewLatest('manual_grant', id, revoked.length > 0 ? revoked : group)
}
