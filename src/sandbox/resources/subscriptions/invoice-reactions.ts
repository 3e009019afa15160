import type { Invoice, Subscription } from '../../tables.ts'
import type { Reactions } from '../../signals.ts'
import type { World } from '../../world/world.ts'
import { openIntentOf } from '../invoices/invoice-intent.ts'
import { isBankDebit } from '../invoices/refusals.ts'
import { afterLastRetry, canPause } from './after-retries.ts'
import { changeSubscription, isLive, noteOf, recordOf } from './change-subscription.ts'
import { expireFirstInvoice } from './expire.ts'
import { pauseSubscription, unpauseSubscription } from './pause.ts'
import { scheduleTurn } from './next-turn.ts'
import { applyPendingUpdate, discardPendingUpdate } from './pending-update.ts'
import { failedResume, finishResume, voidedResume } from './resume.ts'

/** What invoices mean for their subscription: the state machine of stripe-facts §6.1. */
export const INVOICE_REACTIONS: Reactions = {
  'invoice.paid': (world, { id }) => {
    within(world, id, (subscription, invoice) => {
      const record = recordOf(world, subscription.id)
      if (record.pendingInvoice === id) applyPendingUpdate(world, subscription.id)
      else if (record.resume?.invoice === id) finishResume(world, subscription.id)
      else settled(world, subscription, invoice)
    })
  },
  'invoice.payment_failed': (world, { id, exhausted }) => {
    within(world, id, (subscription, invoice) => {
      failed(world, subscription, invoice)
      if (exhausted) afterLastRetry(world, subscription.id)
    })
  },
  'invoice.payment_action_required': (world, { id }) => {
    within(world, id, (subscription, invoice) => {
      failed(world, subscription, invoice)
    })
  },
  'invoice.payment_processing': (world, { id }) => {
    within(world, id, (subscription, invoice) => {
      // stripe-facts row 21: a bank debit under way is enough to begin.
      if (
        subscription.status === 'incomplete' &&
        invoice.billing_reason === 'subscription_create'
      ) {
        changeSubscription(world, subscription.id, { status: begunStatus(world, subscription) })
      }
    })
  },
  'invoice.past_due': (world, { id }) => {
    within(world, id, (subscription) => {
      if (subscription.status !== 'active') return
      const days = world.settings.sendInvoiceGiveUpDays
      const now = world.now(subscription.customer)
      if (days !== null) noteOf(world, subscription.id, { givesUpAt: now + days * 86_400 })
      changeSubscription(world, subscription.id, { status: 'past_due' })
    })
  },
  'invoice.voided': (world, { id }) => {
    within(world, id, (subscription, invoice) => {
      const record = recordOf(world, subscription.id)
      if (record.pendingInvoice === id) discardPendingUpdate(world, subscription.id)
      else if (record.resume?.invoice === id) voidedResume(world, subscription.id)
      else if (subscription.status === 'incomplete') {
        if (subscription.latest_invoice === id) expireFirstInvoice(world, subscription.id)
      } else if (subscription.status === 'past_due') recover(world, subscription, invoice)
    })
  },
  'invoice.marked_uncollectible': (world, { id }) => {
    within(world, id, (subscription, invoice) => {
      if (recordOf(world, subscription.id).resume?.invoice === id)
        finishResume(world, subscription.id)
      else if (subscription.status !== 'incomplete' && subscription.status !== 'unpaid') {
        settled(world, subscription, invoice)
      }
    })
  },
}

/** Calls `react` for an invoice of a living subscription that is not in the middle of something. */
function within(
  world: World,
  id: string,
  react: (subscription: Subscription, invoice: Invoice) => void,
): void {
  const invoice = world.must('invoice', id)
  const subscription = world.get(
    'subscription',
    invoice.parent?.subscription_details?.subscription as string | undefined,
  )
  if (subscription === undefined || !isLive(subscription)) return
  if (recordOf(world, subscription.id).settling) return
  react(subscription, invoice)
}

/** An invoice is paid or given up: the first begins the subscription, the latest restores it. */
function settled(world: World, subscription: Subscription, invoice: Invoice): void {
  const { id, status } = subscription
  if (status === 'incomplete') {
    if (invoice.billing_reason !== 'subscription_create') return
    changeSubscription(world, id, {
      status: begunStatus(world, subscription),
      ...savedMethod(world, subscription, invoice),
    })
  } else if (status === 'past_due' || status === 'unpaid') recover(world, subscription, invoice)
  else if (
    status === 'paused' &&
    subscription.status_details?.paused.subscription.type === 'first_payment_failure' &&
    invoice.id === subscription.latest_invoice
  ) {
    // stripe-facts row 44: resumes when that invoice is paid or marked uncollectible.
    unpauseSubscription(world, id, 'active')
  }
}

/**
 * Back to active, if the most recent invoice that counts is settled (rows 45, 46, 83, 84): void ones
 * never count; drafts count for an unpaid subscription only, since nothing else becomes of them.
 */
function recover(world: World, subscription: Subscription, settledInvoice: Invoice): void {
  const countsDrafts = subscription.status === 'unpaid'
  const latest = world
    .where('invoice', 'subscription', subscription.id)
    .filter(({ status }) => status !== 'void' && (countsDrafts || status !== 'draft'))
    .at(-1)
  const isSettled =
    latest === undefined || latest.status === 'paid' || latest.status === 'uncollectible'
  if (!isSettled) return
  if (countsDrafts && latest?.id !== settledInvoice.id) return
  noteOf(world, subscription.id, { givesUpAt: null })
  changeSubscription(world, subscription.id, { status: 'active' })
}

function failed(world: World, subscription: Subscription, invoice: Invoice): void {
  const { id, status } = subscription
  const record = recordOf(world, id)
  if (record.resume?.invoice === invoice.id) {
    failedResume(world, id)
    return
  }
  if (record.pendingInvoice === invoice.id) {
    scheduleTurn(world, subscription)
    return
  }
  if (status !== 'active') return
  // Row 23: a first bank debit that fails later leaves the subscription active.
  if (invoice.billing_reason === 'subscription_create' && isDebit(world, invoice)) return
  // Row 88: a sent bill is past due when its date is, however it was tried to be paid before.
  if (invoice.collection_method === 'send_invoice') return
  const isRenewal = invoice.billing_reason === 'subscription_cycle'
  if (isRenewal && world.settings.pauseOnFirstFailure && canPause(world, id)) {
    // stripe-facts row 44: the invoice itself stays collectible.
    pauseSubscription(world, id, 'first_payment_failure')
    return
  }
  changeSubscription(world, id, { status: 'past_due' })
}

function isDebit(world: World, invoice: Invoice): boolean {
  const intent = openIntentOf(world, invoice.id)
  return intent !== undefined && isBankDebit(world, intent)
}

/** What a subscription is once its first invoice is taken care of. */
export function begunStatus(world: World, subscription: Subscription): 'trialing' | 'active' {
  const { trial_end: end } = subscription
  return end !== null && end > world.now(subscription.customer) ? 'trialing' : 'active'
}

/** `payment_settings.save_default_payment_method=on_subscription`: what paid first pays on. */
export function savedMethod(
  world: World,
  subscription: Subscription,
  invoice: Invoice,
): Partial<Subscription> {
  if (subscription.payment_settings?.save_default_payment_method !== 'on_subscription') return {}
  const payment = world
    .where('invoice_payment', 'invoice', invoice.id)
    .find(({ status }) => status === 'paid')
  const intent = world.get('payment_intent', payment?.payment.payment_intent as string | undefined)
  const method = intent?.payment_method ?? null
  return method === null ? {} : { default_payment_method: method }
}
