import type { Invoice, Subscription } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import type { LineDraft } from '../invoices/line-draft.ts'
import { finalizeInvoice } from '../invoices/finalize-invoice.ts'
import { afterBill, billSubscription } from './bill.ts'
import { changeSubscription } from './change-subscription.ts'
import { holdBack, updateLifetime } from './pending-update.ts'
import type { Change } from './plan-change.ts'
import { takePayment } from './prepay.ts'
import { dueFor } from './preview-due.ts'
import { applyProrations } from './proration.ts'
import { settle, withoutReactions } from './settle.ts'
import type { SubscriptionUpdate } from './subscription-input.ts'
import { noteUsageBilled } from './usage-start.ts'

interface Billing {
  readonly change: Change
  readonly fields: Partial<Subscription>
  readonly input: SubscriptionUpdate
}

/**
 * Carries out a change that costs or gives back money: prorations as pending items (stripe-facts row
 * 54), or an invoice now, paid as `payment_behavior` says (rows 53, 55, 56).
 */
export function billChange(world: World, id: string, billing: Billing): Subscription {
  const subscription = world.must('subscription', id)
  const { change, fields, input } = billing
  const invoicesNow = change.billsNow || input.proration_behavior === 'always_invoice'
  const paidBy = invoicesNow ? prepaid(world, subscription, billing) : undefined
  const held = holdBack(world, subscription)
  const invoiceId = invoicesNow ? world.id('in') : undefined
  const lines = applyProrations(world, subscription, change.prorations, invoiceId ?? null)
  for (const item of change.usageBilled) {
    noteUsageBilled(world, item, world.now(subscription.customer))
  }
  if (!invoicesNow) return changeSubscription(world, id, fields)
  const invoice = billNow(world, subscription, billing, { id: invoiceId, lines })
  const billed = afterBill(world, { ...subscription, ...fields }, invoice)
  const isCollected =
    subscription.collection_method === 'charge_automatically' &&
    subscription.pause_collection === null
  if (!isCollected) return changeSubscription(world, id, { ...fields, ...billed })
  const outcome = collect(world, id, invoice, billing, paidBy)
  if (outcome === 'failed' && input.payment_behavior === 'pending_if_incomplete') {
    return held.keep({ invoice: invoice.id, fields, until: updateLifetime(world, subscription) })
  }
  return changeSubscription(world, id, {
    ...fields,
    ...billed,
    ...statusAfter(subscription, fields, outcome),
  })
}

function billNow(
  world: World,
  subscription: Subscription,
  { change, fields }: Billing,
  made: { readonly id: string | undefined; readonly lines: readonly LineDraft[] },
): Invoice {
  const now = world.now(subscription.customer)
  return billSubscription(
    world,
    { ...subscription, ...fields },
    {
      reason: 'subscription_update',
      id: made.id,
      lines: [...made.lines, ...change.lines],
      autoAdvance: subscription.pause_collection === null,
      periodStart: now,
      periodEnd: now,
      prorationDate: change.at,
    },
  )
}

/** `error_if_incomplete`: the money first, since a refusal must leave all as it was. */
function prepaid(
  world: World,
  subscription: Subscription,
  { change, fields, input }: Billing,
): string | undefined {
  if (input.payment_behavior !== 'error_if_incomplete') return undefined
  if (subscription.collection_method === 'send_invoice') return undefined
  const after = { ...subscription, ...fields }
  const due = dueFor(world, after, {}, [...change.prorations, ...change.lines])
  return due === 0 ? undefined : takePayment(world, after, due, input.off_session ?? false)
}

function collect(
  world: World,
  id: string,
  invoice: Invoice,
  { input }: Billing,
  paidBy: string | undefined,
): 'paid' | 'processing' | 'failed' {
  if (paidBy !== undefined) {
    withoutReactions(world, id, () => {
      finalizeInvoice(world, invoice.id, { paymentIntent: paidBy })
    })
    return 'paid'
  }
  const open = withoutReactions(world, id, () => finalizeInvoice(world, invoice.id))
  if (open.status !== 'open') return 'paid'
  if (input.payment_behavior === 'default_incomplete') return 'failed'
  return settle(world, id, open, input.off_session ?? false).outcome
}

/** stripe-facts rows 45 and 55: the latest invoice decides; in a trial nothing is demanded. */
function statusAfter(
  before: Subscription,
  fields: Partial<Subscription>,
  outcome: 'paid' | 'processing' | 'failed',
): Partial<Subscription> {
  const status = fields.status ?? before.status
  if (status === 'trialing') return {}
  if (outcome === 'failed') return status === 'active' ? { status: 'past_due' } : {}
  return status === 'past_due' || status === 'unpaid' ? { status: 'active' } : {}
}
