import type { Invoice, Subscription, SubscriptionItem } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { lineOfItem, pendingItemsFor } from '../invoice-items/pending-items.ts'
import { draftOf } from '../subscriptions/bill.ts'
import { afterOffers } from '../subscriptions/trial-offer.ts'
import { planChange } from '../subscriptions/plan-change.ts'
import type { Proration } from '../subscriptions/proration.ts'
import { cycleLine } from '../subscriptions/renew.ts'
import type { SubscriptionUpdate } from '../subscriptions/subscription-input.ts'
import { composeInvoice } from './compose-invoice.ts'
import type { InvoiceDraft } from './invoice-draft.ts'
import type { LineDraft } from './line-draft.ts'

/** A preview, and its lines in full: the invoice embeds the first ten. */
export interface Preview {
  readonly invoice: Invoice
  readonly lines: readonly Invoice['lines']['data'][number][]
}

/** The invoice a draft would become, without making it. */
export function previewDraft(
  world: World,
  draft: InvoiceDraft,
  lines: readonly LineDraft[],
): Preview {
  const composed = composeInvoice(world, world.id('upcoming_in'), draft, lines)
  return {
    invoice: { ...composed.invoice, auto_advance: false, automatically_finalizes_at: null },
    lines: composed.lines.map(({ line }) => line),
  }
}

/**
 * The next invoice of a subscription as things stand, or after `change`: its pending items,
 * prorations, and the next period of the items that are due first.
 */
export function previewSubscription(
  world: World,
  id: string,
  change: SubscriptionUpdate & { readonly cancel_now?: boolean | undefined } = {},
  extra: readonly LineDraft[] = [],
  discounts?: readonly string[],
): Preview {
  const subscription = world.must('subscription', id)
  const now = world.now(subscription.customer)
  const plan = isChange(change) ? planChange(world, subscription, change) : null
  const after: Subscription = { ...subscription, ...plan?.fields }
  const isNow = plan !== null && (plan.billsNow || change.proration_behavior === 'always_invoice')
  const { due, at } = nextDue(after)
  const date = isNow || change.cancel_now === true ? now : at
  const cycle = afterOffers(world, after, at)
  const prorations = (plan?.prorations ?? []).map(lineOfProration)
  const coming =
    change.cancel_now === true || after.cancel_at === at
      ? []
      : isNow
        ? (plan?.lines ?? [])
        : cycle.items.data
            .filter(({ id: item }) => due.some((one) => one.id === item))
            .map((item) => cycleLine(world, cycle, item))
  const draft: InvoiceDraft = {
    ...draftOf(world, after, {
      reason: 'upcoming',
      lines: [],
      autoAdvance: false,
      periodStart: isNow ? now : Math.min(...due.map((item) => item.current_period_start)),
      periodEnd: date,
      ...(change.proration_date === undefined ? {} : { prorationDate: change.proration_date }),
    }),
    ...(discounts === undefined ? {} : { discounts }),
  }
  const pending = pendingItemsFor(world, after.customer, after.currency, id).map((item) =>
    lineOfItem(world, item),
  )
  const preview = previewDraft(world, draft, [
    ...prorations,
    ...pending.reverse(),
    ...coming,
    ...extra,
  ])
  const isCharged = after.collection_method === 'charge_automatically'
  return {
    ...preview,
    invoice: {
      ...preview.invoice,
      created: date,
      due_date: isCharged ? null : date + (after.days_until_due ?? 30) * 86_400,
      next_payment_attempt: isCharged ? date + world.settings.finalizeAfter : null,
    },
  }
}

/** When a subscription bills next, in Unix seconds, and for which items. */
export function nextDue({ items: { data } }: Subscription): {
  readonly at: number
  readonly due: readonly SubscriptionItem[]
} {
  const at = Math.min(...data.map((item) => item.current_period_end))
  return { at, due: data.filter((item) => item.current_period_end === at) }
}

function isChange(change: SubscriptionUpdate): boolean {
  return (
    change.items !== undefined ||
    change.trial_end !== undefined ||
    change.billing_cycle_anchor !== undefined
  )
}

function lineOfProration(proration: Proration): LineDraft {
  return {
    description: proration.description ?? null,
    amount: proration.amount,
    price: proration.price ?? null,
    quantity: proration.quantity ?? 1,
    unitAmountDecimal: proration.unitAmountDecimal ?? null,
    period: proration.period,
    proration: true,
    creditedItems: proration.creditedItems ?? null,
    subscription: proration.subscription ?? null,
    subscriptionItem: proration.subscriptionItem,
    discountable: false,
    taxRates: (proration.taxRates ?? []).length === 0 ? null : (proration.taxRates ?? []),
  }
}
