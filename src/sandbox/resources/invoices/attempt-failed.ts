import type { Invoice, PaymentIntent } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { changeCustomer } from '../customers/change-customer.ts'
import { countedAttempt } from './counted-attempt.ts'
import { markUncollectible } from './mark-uncollectible.ts'
import { isBankDebit, isForGood } from './refusals.ts'

/**
 * An attempt to pay failed, at once or days later (stripe-facts rows 41, 42, 23). Emits
 * `invoice.payment_failed`, then `invoice.updated`; `actionRequired` puts
 * `invoice.payment_action_required` before them (row 47). `intent`: null where there was nothing to
 * pay with (row 17).
 */
export function attemptFailed(
  world: World,
  id: string,
  intent: PaymentIntent | null,
  { actionRequired = false }: { readonly actionRequired?: boolean } = {},
): void {
  const before = world.must('invoice', id)
  if (before.status !== 'open' && before.status !== 'uncollectible') return
  const next = nextAttempt(world, before)
  if (intent !== null) {
    world.patch('~invoice_collection', id, {
      declined_for_good: isForGood(intent) ? methodOf(intent) : null,
    })
  }
  const fields: Partial<Invoice> = {
    ...countedAttempt(world, before),
    attempted: true,
    next_payment_attempt: next.at,
  }
  const previous = changedFields(before, fields)
  const failed = world.patch('invoice', id, fields)
  if (actionRequired) world.emit('invoice.payment_action_required', failed)
  world.emit('invoice.payment_failed', failed)
  if (previous !== undefined) world.emit('invoice.updated', failed, previous)
  const isAutomatic = world.must('~invoice_collection', id).attempt !== 'on_session'
  const customer = world.get('customer', before.customer)
  if (customer !== undefined && isAutomatic && customer.delinquent !== true) {
    changeCustomer(world, customer.id, { delinquent: true })
  }
  if (actionRequired) world.signal('invoice.payment_action_required', { id })
  world.signal('invoice.payment_failed', { id, exhausted: next.exhausted })
  if (next.at !== null) {
    world.schedule(before.customer, { at: next.at, name: 'invoice.collect', id })
  }
  if (next.exhausted) giveUp(world, id)
  else if (intent !== null && isBankDebit(world, intent)) voidFirstDebit(world, id)
}

/**
 * A retry that is due while the bank's refusal is final and no other payment method has come: it
 * counts, and nothing is attempted (stripe-facts row 42).
 */
export function skipRetry(world: World, id: string): void {
  const before = world.must('invoice', id)
  world.patch('~invoice_collection', id, { attempt: 'automatic' })
  const next = nextAttempt(world, before)
  world.patch('~invoice_collection', id, { attempt: null })
  world.change(
    'invoice',
    id,
    { attempt_count: before.attempt_count + 1, next_payment_attempt: next.at },
    'invoice.updated',
  )
  if (next.at !== null) {
    world.schedule(before.customer, { at: next.at, name: 'invoice.collect', id })
    return
  }
  world.signal('invoice.payment_failed', { id, exhausted: true })
  giveUp(world, id)
}

/**
 * When payment is tried again. The first invoice of a subscription is not (23 hours to pay it:
 * stripe-facts row 50), nor one that does not advance by itself.
 */
function nextAttempt(
  world: World,
  invoice: Invoice,
): { readonly at: number | null; readonly exhausted: boolean } {
  const record = world.must('~invoice_collection', invoice.id)
  const retries =
    invoice.collection_method === 'charge_automatically' &&
    invoice.auto_advance === true &&
    invoice.status === 'open' &&
    invoice.billing_reason !== 'subscription_create'
  if (!retries) return { at: null, exhausted: false }
  const { retries: done, first_failed_at: since, attempt } = record
  // A manual attempt in between leaves the schedule as it is; a debit that failed days after its
  // own retry has none to leave.
  if (since !== null && attempt !== 'automatic' && invoice.next_payment_attempt !== null) {
    return { at: invoice.next_payment_attempt, exhausted: false }
  }
  const plan = world.settings.retryDays
  if (done > plan.length) return { at: null, exhausted: false }
  const now = world.now(invoice.customer)
  const first = since ?? now
  world.patch('~invoice_collection', invoice.id, { first_failed_at: first, retries: done + 1 })
  const days = plan[done]
  return days === undefined
    ? { at: null, exhausted: true }
    : { at: Math.max(now, first + days * 86_400), exhausted: false }
}

function giveUp(world: World, id: string): void {
  if (world.settings.invoiceAfterRetries !== 'uncollectible') return
  if (world.must('invoice', id).status === 'open') {
    markUncollectible(world, id, 'max_payment_attempts')
  }
}

/** stripe-facts row 23: "If the payment fails later, Stripe voids the invoice" (a setting: sources conflict). */
function voidFirstDebit(world: World, id: string): void {
  const invoice = world.must('invoice', id)
  if (
    world.settings.firstDebitFailure === 'void' &&
    invoice.billing_reason === 'subscription_create'
  ) {
    world.schedule(invoice.customer, { at: world.now(invoice.customer), name: 'invoice.void', id })
  }
}

function methodOf(intent: PaymentIntent): string | null {
  return intent.last_payment_error?.payment_method?.id ?? intent.payment_method
}

function changedFields(before: Invoice, fields: Partial<Invoice>) {
  const changed = Object.entries(before).filter(
    ([key, value]) => key in fields && fields[key as keyof Invoice] !== value,
  )
  return changed.length === 0
    ? undefined
    : (Object.fromEntries(changed) as Readonly<Record<string, number | boolean | null>>)
}
