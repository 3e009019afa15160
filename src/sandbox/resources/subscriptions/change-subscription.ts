import type { Subscription, SubscriptionItem } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { scheduleTurn } from './next-turn.ts'

/** What Stripe knows of a subscription and does not show. */
export interface SubscriptionRecord {
  readonly id: string
  /** False until `customer.subscription.created` is out: what happens before belongs to it. */
  readonly announced: boolean
  /** An operation collects one of its invoices and will draw the conclusion itself. */
  readonly settling: boolean
  /** The `trial_end` of which `trial_will_end` has told. */
  readonly warnedOfTrialEnd: number | null
  /** Unix seconds at which an unpaid send_invoice subscription is given up. */
  readonly givesUpAt: number | null
  /** The invoice whose payment applies the pending update. */
  readonly pendingInvoice: string | null
  /** A resumption that waits for its invoice (stripe-facts rows 68 and 69). */
  readonly resume: ResumeRecord | null
}

export interface ResumeRecord {
  /** The invoice whose payment ends the pause. */
  readonly invoice: string
  /** What the subscription has from then on. */
  readonly fields: Partial<Subscription>
  /** Unix seconds at which nobody waits any longer. */
  readonly expiresAt: number | null
  readonly by: 'resume_on_payment_attempt' | 'resume_on_payment_success'
}

export function recordOf(world: World, id: string): SubscriptionRecord {
  return world.must('~subscription', id)
}

export function noteOf(world: World, id: string, change: Partial<SubscriptionRecord>): void {
  world.patch('~subscription', id, change)
}

/**
 * The only way a subscription changes: keeps its items' own rows and its next turn in step, emits
 * `customer.subscription.updated` where anything changed at all, and tells the others.
 */
export function changeSubscription(
  world: World,
  id: string,
  fields: Partial<Subscription>,
): Subscription {
  if (!recordOf(world, id).announced) {
    const quiet = world.patch('subscription', id, fields)
    mirrorItems(world, quiet)
    scheduleTurn(world, quiet)
    return quiet
  }
  const after = world.change('subscription', id, fields, 'customer.subscription.updated')
  // The event is out before the rows and jobs follow: nothing between them can be seen.
  mirrorItems(world, after)
  scheduleTurn(world, after)
  world.signal('subscription.changed', { id })
  return world.must('subscription', id)
}

/** Changes the fields without a word, for what another event than `updated` tells. */
export function patchSubscription(
  world: World,
  id: string,
  fields: Partial<Subscription>,
): Subscription {
  const after = world.patch('subscription', id, fields)
  mirrorItems(world, after)
  scheduleTurn(world, after)
  return after
}

function mirrorItems(world: World, subscription: Subscription): void {
  const kept = new Set(subscription.items.data.map((item) => item.id))
  for (const item of world.where('subscription_item', 'subscription', subscription.id)) {
    if (!kept.has(item.id)) world.remove('subscription_item', item.id)
  }
  for (const item of subscription.items.data) {
    if (world.get('subscription_item', item.id) !== item) world.insert('subscription_item', item)
  }
}

export function itemList(
  subscription: string,
  data: readonly SubscriptionItem[],
): Subscription['items'] {
  return {
    object: 'list',
    data,
    has_more: false,
    url: `/v1/subscription_items?subscription=${subscription}`,
  }
}

/** Whether it has neither ended nor failed to begin. */
export function isLive({ status }: Subscription): boolean {
  return status !== 'canceled' && status !== 'incomplete_expired'
}
