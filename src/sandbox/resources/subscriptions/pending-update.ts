import type { Subscription } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { voidInvoice } from '../invoices/void-invoice.ts'
import type { BilledRecord } from './billed.ts'
import { changeSubscription, noteOf, patchSubscription, recordOf } from './change-subscription.ts'
import { withoutReactions } from './settle.ts'

/** A change that waits for its invoice to be paid. */
export interface PendingRecord {
  /** The subscription's. */
  readonly id: string
  readonly fields: Partial<Subscription>
  /** What each item had been billed for before, and will have been after. */
  readonly before: readonly BilledRecord[]
  readonly after: readonly BilledRecord[]
}

const LIFETIME = 23 * 3_600

/** Unix seconds at which an update that nobody pays for is given up (stripe-facts row 56). */
export function updateLifetime(world: World, subscription: Subscription): number {
  const now = world.now(subscription.customer)
  return Math.min(now + LIFETIME, ...subscription.items.data.map((item) => item.current_period_end))
}

interface HeldBack {
  /** Puts the change aside for its invoice to be paid. */
  keep(held: {
    readonly invoice: string
    readonly fields: Partial<Subscription>
    readonly until: number
  }): Subscription
}

/** Remembers what was billed before a change, so that the change can be held back whole. */
export function holdBack(world: World, subscription: Subscription): HeldBack {
  const items = subscription.items.data.map(({ id }) => id)
  const before = items.flatMap((item) => world.get('~billed', item) ?? [])
  return {
    keep: (held) => {
      const known = new Set([...items, ...(held.fields.items?.data.map(({ id }) => id) ?? [])])
      const after = [...known].flatMap((item) => world.get('~billed', item) ?? [])
      restore(world, before)
      world.insert('~pending_update', { id: subscription.id, fields: held.fields, before, after })
      noteOf(world, subscription.id, { pendingInvoice: held.invoice })
      return changeSubscription(world, subscription.id, {
        latest_invoice: held.invoice,
        pending_update: {
          billing_cycle_anchor: held.fields.billing_cycle_anchor ?? null,
          cancel_at_period_end: null,
          discount: null,
          discounts: held.fields.discounts ?? null,
          expires_at: held.until,
          metadata: null,
          subscription_items: held.fields.items?.data ?? null,
          trial_end: held.fields.trial_end ?? null,
          trial_from_plan: null,
        },
      })
    },
  }
}

/** Its invoice is paid (row 57). */
export function applyPendingUpdate(world: World, id: string): void {
  const { fields, after } = world.must('~pending_update', id)
  restore(world, after)
  forget(world, id)
  const now = world.must('subscription', id)
  const applied = patchSubscription(world, id, {
    ...fields,
    pending_update: null,
    ...(now.status === 'past_due' ? { status: 'active' } : {}),
  })
  world.emit('customer.subscription.pending_update_applied', applied)
  tell(world, id, now)
}

/** Nobody paid in time (row 58): the invoice is void and all stays as it was. */
export function expirePendingUpdate(world: World, id: string): void {
  const { pendingInvoice } = recordOf(world, id)
  discardPendingUpdate(world, id)
  const invoice = world.get('invoice', pendingInvoice)
  if (invoice?.status === 'open') {
    withoutReactions(world, id, () => voidInvoice(world, invoice.id))
  }
}

/** Drops the update: it ran out, its invoice was voided, or a phase of a schedule came over it. */
export function discardPendingUpdate(world: World, id: string): void {
  const before = world.must('subscription', id)
  if (before.pending_update === null) return
  forget(world, id)
  const dropped = patchSubscription(world, id, { pending_update: null })
  world.emit('customer.subscription.pending_update_expired', dropped)
  tell(world, id, before)
}

/** The `updated` that follows the event of the pending update itself. */
function tell(world: World, id: string, before: Subscription): void {
  const after = world.must('subscription', id)
  world.patch('subscription', id, before)
  changeSubscription(world, id, after)
}

function forget(world: World, id: string): void {
  world.remove('~pending_update', id)
  noteOf(world, id, { pendingInvoice: null })
}

function restore(world: World, records: readonly BilledRecord[]): void {
  for (const record of records) world.insert('~billed', record)
}
