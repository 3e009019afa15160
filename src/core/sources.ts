import { clean } from './canonical.ts'
import type { Catalog } from './compile-catalog.ts'
import type { Alert } from './decision.ts'
import type { Facts } from './facts.ts'
import { frozenSecond } from './frozen-second.ts'
import { identify } from './identity.ts'
import { join } from './joins.ts'
import { judgeEntitlements, judgeManual } from './judge-grants.ts'
import { judgePurchases } from './judge-purchase.ts'
import { judgeSubscription, type JudgeContext } from './judge-subscription.ts'
import { judgeUnseen } from './judge-unseen.ts'
import {
  purchaseOfPaymentIntent,
  purchasesOfInvoice,
  purchasesOfSession,
  type Purchase,
} from './purchase.ts'
import { alert, type Source } from './source.ts'

export interface FoundSources {
  sources: Source[]
  /** Every app customer the facts speak of. */
  owners: Set<string>
  /** Stripe customers that are this app customer. */
  customersOf(owner: string): string[]
  alertsOf(owner: string): Alert[]
}

/** Finds every source in the facts and judges each; ownership does not depend on the second asked for. */
export function findSources(facts: Facts, catalog: Catalog, now: number): FoundSources {
  const joins = join(facts)
  const context: JudgeContext = { facts, joins, catalog, now }
  const identity = identify(facts, joins, catalog)
  const sources: Source[] = []
  const purchases: Purchase[] = []
  const alerts = new Map<string, Alert[]>()
  const note = (owner: string, found: readonly Alert[]) => {
    if (found.length > 0) alerts.set(owner, [...(alerts.get(owner) ?? []), ...found])
  }
  const owners = new Set<string>()

  for (const view of facts.subscriptions.values()) {
    const owner = identity.ofSubscription(view)
    owners.add(owner)
    note(
      owner,
      identity.alerts.filter(({ objects }) => objects.includes(view.id)),
    )
    const frozenAt = frozenSecond(facts, view.state.testClock, view.state.customer)
    const judged = judgeSubscription({ ...context, now: frozenAt ?? now }, view, owner)
    sources.push(...judged.map((source) => ({ ...source, frozenAt })))
  }
  for (const view of facts.sessions.values()) {
    // An expired or open session sold nothing, and names nobody worth keeping.
    if (view.completedAt === null) continue
    const owner = identity.ofSession(view)
    if (view.state.mode === 'payment' || !facts.subscriptions.has(view.state.subscription ?? '')) {
      owners.add(owner)
    }
    const found = purchasesOfSession(context, view, owner)
    purchases.push(...found.purchases)
    note(owner, found.alerts)
    if (found.needs.length > 0) sources.push(unknownPurchase(view.id, owner, found.needs))
  }
  for (const view of facts.invoices.values()) {
    purchases.push(...purchasesOfInvoice(context, view, identity.ofInvoice(view)))
  }
  for (const view of facts.paymentIntents.values()) {
    const purchase = purchaseOfPaymentIntent(context, view, identity.ofPaymentIntent(view))
    if (purchase !== null) purchases.push(purchase)
  }
  for (const owner of new Set(purchases.map((purchase) => purchase.owner))) {
    sources.push(...judgePurchases(purchases.filter((purchase) => purchase.owner === owner)))
  }
  sources.push(...judgeUnseen(context, identity))
  for (const view of facts.entitlements.values()) {
    sources.push(...judgeEntitlements(context, view, identity.ofStripeCustomer(view.id)))
  }
  for (const view of facts.manualGrants.values()) sources.push(judgeManual(view))

  const ownerOf = new Map<string, string>()
  for (const id of facts.customers.keys()) ownerOf.set(id, identity.ofStripeCustomer(id))
  for (const owner of [...ownerOf.values(), ...sources.map((source) => source.owner)]) {
    owners.add(owner)
  }
  noteUnknown(facts, ownerOf, note)
  return {
    sources,
    owners,
    customersOf: (owner) => [...ownerOf].filter(([, name]) => name === owner).map(([id]) => id),
    alertsOf: (owner) => alerts.get(owner) ?? [],
  }
}

/** Carries the need of a purchase whose contents are not known yet. */
function unknownPurchase(id: string, owner: string, needs: Source['needs']): Source {
  const reason = {
    code: 'line_items_unknown',
    message: 'What this Checkout sold is not known yet.',
    events: [],
    objects: [id],
  }
  return {
    id,
    kind: 'purchase',
    owner,
    segments: [{ from: -Infinity, to: null, state: 'pending', reason }],
    gives: { kind: 'features', values: new Map() },
    needs,
    alerts: [],
  }
}

function noteUnknown(
  facts: Facts,
  ownerOf: ReadonlyMap<string, string>,
  note: (owner: string, alerts: readonly Alert[]) => void,
): void {
  for (const { type, id, status } of facts.unknown) {
    const found = alert(
      'unknown_status',
      `The ${type.replaceAll('_', ' ')} ${id} has status ${clean(status)}, which no rule knows; nothing is concluded from it.`,
      [id],
    )
    for (const owner of new Set(ownerOf.values())) note(owner, [found])
  }
}
