import type { Subscription, SubscriptionItem } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { mergeMetadata } from '../../protocol/parameters.ts'
import { afterBill } from './bill.ts'
import { periodAround } from './calendar.ts'
import { changedItems } from './change-items.ts'
import { changeSubscription, itemList } from './change-subscription.ts'
import { itemAmount, amountOver, licensedLine, usageLine } from './lines.ts'
import { cutShort } from './period-items.ts'
import { isMetered, recurrenceOf } from './prices-for.ts'
import { draftCycle } from './renew.ts'
import type { ItemInput } from './subscription-input.ts'
import { usageStart } from './usage-start.ts'

/**
 * A period ends and another set of items begins: what was used is billed by the old ones, the time to
 * come by the new.
 */
export function renewInto(
  world: World,
  id: string,
  inputs: readonly ItemInput[],
  how: { readonly resets: boolean; readonly metadata: Readonly<Record<string, string>> },
): Subscription {
  const before = world.must('subscription', id)
  const now = world.now(before.customer)
  const old = before.items.data
  const wanted = changedItems(world, before, inputs)
  const changesInterval = wanted.some((item) => {
    const was = old.find((own) => own.id === item.id) ?? old[0]
    return was !== undefined && interval(was) !== interval(item)
  })
  const resets = how.resets || (before.billing_mode.type === 'classic' && changesInterval)
  const anchor = resets ? now : before.billing_cycle_anchor
  const due = wanted.filter((item) => {
    const was = old.find((own) => own.id === item.id)
    return was === undefined || was.current_period_end <= now
  })
  const items = wanted.map((item): SubscriptionItem => {
    if (!due.includes(item)) return item
    const { end } = periodAround(anchor, recurrenceOf(item.price), now)
    return {
      ...item,
      current_period_start: now,
      current_period_end: cutShort(before, now, end),
    }
  })
  const used = old
    .filter((item) => isMetered(item.price) && item.current_period_end <= now)
    .map((item) =>
      usageLine(world, before, item, {
        start: usageStart(world, item),
        end: item.current_period_end,
      }),
    )
  const ahead = items
    .filter((item) => item.current_period_start === now && !isMetered(item.price))
    .map((item) => {
      const period = { start: now, end: item.current_period_end }
      const full = itemAmount(item, before.currency)
      return licensedLine(before, item, period, amountOver(full, item.price, anchor, period))
    })
  const invoice = draftCycle(world, before, [...used, ...ahead], {
    periodStart: Math.min(...old.map((item) => item.current_period_start)),
    periodEnd: now,
  })
  return changeSubscription(world, id, {
    ...afterBill(world, before, invoice),
    billing_cycle_anchor: anchor,
    items: itemList(id, items),
    metadata: mergeMetadata(before.metadata, how.metadata),
    ...(before.status === 'trialing' ? { status: 'active' } : {}),
  })
}

function interval(item: SubscriptionItem): string {
  const { interval: unit, interval_count: count } = recurrenceOf(item.price)
  return `${String(count)} ${unit}`
}
