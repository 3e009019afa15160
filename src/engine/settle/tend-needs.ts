import type { Decision, Need } from '../../core/decision.ts'
import type { Scope } from '../../core/fact.ts'
import type { Queryable } from '../../store/database.ts'
import type { RootKey } from '../../store/statements/facts.ts'
import { raiseNeeds, withdrawNeeds } from '../../store/statements/needs.ts'
import type { ClaimedRoots } from './claim-roots.ts'
import type { FactStore } from './fact-store.ts'
import { scopedKey } from './keys.ts'
import type { Verdict } from './verdict.ts'

type ScopedNeed = Scope & Need

/**
 * Seconds before a question is put to Stripe while everything asked about is served: an event already
 * on its way answers most of them, and mail is often minutes late.
 */
const PATIENT_DELAY = 300
/** Seconds while the customer is refused something, or where no event ever carries the whole answer. */
const PROMPT_DELAY = 60
/**
 * Seconds before the line items of a paid Checkout are read: no event ever brings them, and a buyer
 * waits. Only the invoice of the session, where it has one, may yet come first (stripe-facts row 30).
 */
const LINE_ITEMS_DELAY = 1
/** Seconds a refund, dispute or join may wait for what it refers to before Stripe is asked. */
const UNROUTED_DELAY = 600

/** Raises what the verdicts need to know and takes back what they no longer do. */
export async function tendNeeds(
  tx: Queryable,
  verdicts: readonly Verdict[],
  { store, claimed }: { store: FactStore; claimed: Pick<ClaimedRoots, 'roots' | 'moved'> },
): Promise<void> {
  const asked = verdicts.flatMap(({ row, decision }) =>
    needsIn(row, decision.needs).map((need) => ({ need, delaySeconds: delayOf(need, decision) })),
  )
  const unrouted = claimed.roots.flatMap((root) => unroutedNeed(store, root) ?? [])
  const wanted = new Set([...asked.map(({ need }) => need), ...unrouted].map(needKey))
  const adopted = claimed.moved.flatMap(({ account, livemode, root }) => {
    const type = typeOfRoot(root)
    return type === null ? [] : { account, livemode, type, object: root, reason: '' }
  })
  const withdrawn = [
    ...verdicts.flatMap(({ row }) => needsIn(row, row.needs as Need[])),
    ...adopted,
  ]
  const unwanted = withdrawn.filter((need) => !wanted.has(needKey(need)))
  if (unwanted.length > 0) await withdrawNeeds(tx, unwanted)
  // Always in this order: two writers that raise both take their locks alike. The shortest comes first,
  // since a question that is open keeps its time.
  for (const delay of [LINE_ITEMS_DELAY, PROMPT_DELAY, PATIENT_DELAY]) {
    const needs = asked.flatMap(({ need, delaySeconds }) => (delaySeconds === delay ? need : []))
    if (needs.length > 0) await raiseNeeds(tx, needs, { delaySeconds: delay })
  }
  if (unrouted.length > 0) await raiseNeeds(tx, unrouted, { delaySeconds: UNROUTED_DELAY })
}

/**
 * Seconds a question may wait for an event to answer it. A customer who is served everything is not
 * hurt by waiting; one who is refused something may have paid for it.
 */
export function delayOf(
  { type }: Pick<Need, 'type'>,
  { features }: Pick<Decision, 'features'>,
): number {
  if (type === 'checkout_session') return LINE_ITEMS_DELAY
  const isRefused = Object.values(features).some(({ allowed }) => !allowed)
  return isRefused || type === 'entitlement_summary' ? PROMPT_DELAY : PATIENT_DELAY
}

/** What only refers to an object nobody has told of: that object names whose it is. */
function unroutedNeed(store: FactStore, root: RootKey): ScopedNeed | null {
  const type = typeOfRoot(root.root)
  if (type === null) return null
  const snapshots = store.snapshots([root])
  const isWaiting = snapshots.some((snapshot) => REFERRING.has(snapshot.type))
  if (!isWaiting || snapshots.some(({ object }) => object === root.root)) return null
  const { account, livemode } = root
  return { account, livemode, type, object: root.root, reason: 'what refers to it waits for it' }
}

const REFERRING: ReadonlySet<string> = new Set(['refund', 'dispute', 'invoice_payment'])

function typeOfRoot(root: string): Need['type'] | null {
  if (root.startsWith('ch_') || root.startsWith('py_')) return 'charge'
  if (root.startsWith('pi_')) return 'payment_intent'
  return root.startsWith('in_') ? 'invoice' : null
}

function needsIn({ account, livemode }: Scope, needs: readonly Need[]): ScopedNeed[] {
  return needs.map((need) => ({ account, livemode, ...need }))
}

function needKey({ account, livemode, type, object }: ScopedNeed): string {
  return scopedKey({ account, livemode }, `${type} ${object}`)
}
