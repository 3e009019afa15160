import type { Invoice, Subscription } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { finalizeInvoice } from '../invoices/finalize-invoice.ts'
import type { LineDraft } from '../invoices/line-draft.ts'
import { pendingItemsFor } from '../invoice-items/pending-items.ts'
import { announce } from './announce.ts'
import { afterBill, billSubscription } from './bill.ts'
import { changeSubscription, patchSubscription } from './change-subscription.ts'
import { periodAround } from './calendar.ts'
import {
  amountOver,
  emptyUsageLine,
  itemAmount,
  licensedLine,
  trialLine,
  usageLine,
} from './lines.ts'
import { isMetered, recurrenceOf } from './prices-for.ts'
import { askForMethod } from './pending-setup.ts'
import { settle, withoutReactions } from './settle.ts'
import type { SubscriptionInput } from './subscription-input.ts'
import type { Terms } from './terms.ts'

/** What the first invoice asks for. */
export function firstLines(
  world: World,
  subscription: Subscription,
  terms: Terms,
  prorate: boolean,
): LineDraft[] {
  const isClassic = subscription.billing_mode.type === 'classic'
  return subscription.items.data.flatMap((item) => {
    const period = { start: item.current_period_start, end: item.current_period_end }
    if (isMetered(item.price)) {
      const past = { start: terms.start, end: terms.now }
      const used = usageLine(world, subscription, item, past)
      if (prorate && terms.trialEnd === null && (used.amount ?? 0) > 0) return [used]
      // Flexible mode leaves out lines of nothing (rows 36 and 37).
      return isClassic ? [emptyUsageLine(subscription, item, period)] : []
    }
    if (terms.trialEnd !== null) return [trialLine(world, subscription, item, period)]
    const full = itemAmount(item, subscription.currency)
    const past =
      terms.start < terms.now && prorate
        ? [
            licensedLine(
              subscription,
              item,
              { start: terms.start, end: terms.now },
              amountOver(full, item.price, terms.anchor, { start: terms.start, end: terms.now }),
            ),
          ]
        : []
    const whole = periodAround(terms.anchor, recurrenceOf(item.price), period.start)
    const isWhole = whole.start === period.start && whole.end === period.end
    if (whole.start !== period.start && !prorate) return past
    return [
      ...past,
      licensedLine(
        subscription,
        item,
        period,
        isWhole ? full : amountOver(full, item.price, terms.anchor, period),
      ),
    ]
  })
}

/**
 * Makes the first invoice and starts its way, and announces the subscription as soon as it is known
 * what it is born as.
 */
export function startBilling(
  world: World,
  id: string,
  input: SubscriptionInput,
  { id: invoiceId, lines }: { readonly id: string; readonly lines: readonly LineDraft[] },
): Subscription {
  const subscription = world.must('subscription', id)
  const { customer, currency } = subscription
  const pending = pendingItemsFor(world, customer, currency, id)
  if (lines.length === 0 && pending.length === 0) {
    if (input.pendingSetup === true) askForMethod(world, id)
    return announce(world, id)
  }
  const begun = subscription.status
  // A sent invoice leaves it active from the start: so the reference of the API, while the overview
  // has it incomplete until the customer pays (stripe-facts row 88, sources conflict).
  const isDraft =
    input.firstInvoice === 'draft' || subscription.collection_method === 'send_invoice'
  const now = world.now(customer)
  let due = 0
  const invoice = billSubscription(world, subscription, {
    id: invoiceId,
    reason: 'subscription_create',
    lines,
    autoAdvance: isDraft,
    periodStart: now,
    periodEnd: now,
    opened: (draft: Invoice) => {
      due = draft.amount_due
      const isOpenQuestion = due > 0 && !isDraft && input.paidBy === undefined
      patchSubscription(world, id, {
        latest_invoice: draft.id,
        ...(isOpenQuestion ? { status: 'incomplete' } : {}),
      })
      if (due === 0 && input.pendingSetup === true) askForMethod(world, id)
      if (!isOpenQuestion || input.payment_behavior === 'default_incomplete') announce(world, id)
    },
  })
  const { discounts } = afterBill(world, world.must('subscription', id), invoice)
  if (discounts !== undefined) patchSubscription(world, id, { discounts })
  if (isDraft) return announce(world, id)
  withoutReactions(world, id, () => {
    finalizeInvoice(
      world,
      invoice.id,
      input.paidBy === undefined ? {} : { paymentIntent: input.paidBy },
    )
  })
  const isTaken = due === 0 || input.paidBy !== undefined
  if (isTaken || input.payment_behavior === 'default_incomplete') return announce(world, id)
  const { outcome } = settle(world, id, invoice, input.off_session ?? false)
  // A bank debit under way counts as paid until it fails (stripe-facts row 21).
  if (outcome !== 'failed') changeSubscription(world, id, { status: begun })
  return announce(world, id)
}
