import type { Subscription } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { expirePendingUpdate } from '../subscriptions/pending-update.ts'
import { renewInto } from '../subscriptions/renew-into.ts'
import type { ItemInput, ProrationBehavior } from '../subscriptions/subscription-input.ts'
import { updateSubscription } from '../subscriptions/update-subscription.ts'
import type { Phase } from './make-phases.ts'
import { phaseDiscounts } from './phase-discounts.ts'

/**
 * Gives the subscription what a phase says (stripe-facts row 71). Where a period ends with the phase
 * before, the new period is billed by the new items at once; in the midst of one it is prorated.
 */
export function applyPhase(
  world: World,
  schedule: string,
  phase: Phase,
  { proration }: { readonly proration: string },
): void {
  const id = world.must('subscription_schedule', schedule).subscription
  const subscription = world.get('subscription', id)
  if (subscription === undefined) return
  // A pending update is discarded by the phase that comes over it (row 58).
  if (subscription.pending_update !== null) expirePendingUpdate(world, subscription.id)
  const now = world.now(subscription.customer)
  const items = itemsOf(subscription, phase)
  const resets = phase.billing_cycle_anchor === 'phase_start'
  const isTurn = subscription.items.data.some((item) => item.current_period_end <= now)
  const trialEnd = phase.trial_end !== null && phase.trial_end > now ? phase.trial_end : undefined
  if (isTurn && trialEnd === undefined) {
    renewInto(world, subscription.id, items, { resets, metadata: phase.metadata ?? {} })
    return
  }
  updateSubscription(world, subscription.id, {
    items,
    metadata: phase.metadata ?? {},
    proration_behavior: proration as ProrationBehavior,
    ...(resets ? { billing_cycle_anchor: 'now' } : {}),
    ...(trialEnd === undefined ? {} : { trial_end: trialEnd }),
    ...(phase.discounts.length === 0 ? {} : { discounts: phaseDiscounts(phase.discounts) }),
  })
}

/** The way from the items there are to those of the phase: by price, then in the order they stand. */
function itemsOf(subscription: Subscription, phase: Phase): ItemInput[] {
  const rest = [...subscription.items.data]
  const take = (at: number) => (at === -1 ? undefined : rest.splice(at, 1)[0])
  const exact = phase.items.map((item) =>
    take(rest.findIndex(({ price }) => price.id === item.price)),
  )
  const wanted = phase.items.map((item, at): ItemInput => {
    const own = exact[at] ?? take(rest.length === 0 ? -1 : 0)
    return {
      ...(own === undefined ? {} : { id: own.id }),
      price: item.price,
      ...(item.quantity === undefined ? {} : { quantity: item.quantity }),
      tax_rates: (item.tax_rates ?? []).map((rate) => rate.id),
    }
  })
  return [...rest.map(({ id }) => ({ id, deleted: true })), ...wanted]
}
