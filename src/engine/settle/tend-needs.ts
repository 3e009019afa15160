import type { Need } from '../../core/decision.ts'
import type { Scope } from '../../core/fact.ts'
import type { Queryable } from '../../store/database.ts'
import type { RootKey } from '../../store/statements/facts.ts'
import { raiseNeeds, withdrawNeeds } from '../../store/statements/needs.ts'
import type { ClaimedRoots } from './claim-roots.ts'
import type { FactStore } from './fact-store.ts'
import { scopedKey } from './keys.ts'
import type { Verdict } from './verdict.ts'

type ScopedNeed = Scope & Need

/** Seconds before a question is put to Stripe: most are answered by an event already on its way. */
const NEED_DELAY = 60
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
  const raised = verdicts.flatMap(({ row, decision }) => needsIn(row, decision.needs))
  const unrouted = claimed.roots.flatMap((root) => unroutedNeed(store, root) ?? [])
  const wanted = new Set([...raised, ...unrouted].map(needKey))
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
  const [lineItems, others] = partition(raised, ({ type }) => type === 'checkout_session')
  // Always in this order: two writers that raise both take their locks alike.
  if (lineItems.length > 0) await raiseNeeds(tx, lineItems, { delaySeconds: LINE_ITEMS_DELAY })
  if (others.length > 0) await raiseNeeds(tx, others, { delaySeconds: NEED_DELAY })
  if (unrouted.length > 0) await raiseNeeds(tx, unrouted, { delaySeconds: UNROUTED_DELAY })
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

function partition<T>(all: readonly T[], isFirst: (one: T) => boolean): [T[], T[]] {
  return [all.filter(isFirst), all.filter((one) => !isFirst(one))]
}

function needKey({ account, livemode, type, object }: ScopedNeed): string {
  return scopedKey({ account, livemode }, `${type} ${object}`)
}
