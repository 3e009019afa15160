import { formatSecond } from './calendar.ts'
import { canonical } from './canonical.ts'
import { billOf, coverBill, tell, type Telling } from './deed.ts'
import type { SubscriptionItemState, SubscriptionState } from './fact.ts'
import type { SubscriptionView } from './views/subscription-view.ts'

/** Subscriptions begun and changed: what is bought. Bills that belong to it are told with it. */
export function describePlans(telling: Telling): void {
  for (const view of telling.after.subscriptions.values()) {
    const before = telling.before.subscriptions.get(view.id)
    if (before === undefined) {
      if (!telling.covered.has(view.id)) began(telling, view)
    } else if (view.endedAt === null) changed(telling, before.state, view)
    else if (before.endedAt === null) {
      // A bill that is voided with its subscription is told with its end.
      const bill = billOf(telling, view, null)
      if (bill?.state.status === 'void') coverBill(telling, bill)
    }
  }
}

function began(telling: Telling, view: SubscriptionView): void {
  const { state, id } = view
  const bill = billOf(telling, view, ['subscription_create'])
  const what = `A subscription to ${telling.names.list(state.items) || 'nothing yet'} began`
  const say = (end: string) => {
    const isTold = bill !== undefined && end !== '' && state.status !== 'trialing'
    tell(telling, `${what}${end}.`, [id, isTold ? bill.id : null])
  }
  const isPaid = bill?.state.status === 'paid'
  const hasFailed = bill !== undefined && bill.failedAttempt !== null
  if (bill !== undefined && (isPaid || hasFailed)) coverBill(telling, bill)
  if (view.endedAt !== null) say(isPaid ? ', was paid and ended' : ' and ended')
  else if (state.status === 'trialing') {
    const until = state.trialEnd === null ? '' : ` until ${formatSecond(state.trialEnd)}`
    say(` with a trial${until}`)
  } else if (isPaid) {
    const isNothing = bill.state.amountPaid === 0 && bill.state.total === 0
    say(isNothing ? ' with nothing to pay' : ' and was paid')
  } else if (hasFailed) say(', but the first payment failed')
  else if (state.status === 'incomplete') say(' and waits for its first payment')
  else if (state.collectionMethod === 'send_invoice')
    say(', billed by invoices sent to the customer')
  else if (bill?.state.attempted === true) {
    coverBill(telling, bill)
    say('; its first payment is under way')
  } else say('')
}

function changed(telling: Telling, before: SubscriptionState, view: SubscriptionView): void {
  const { state, id } = view
  if (bought(before) === bought(state)) return pending(telling, before, view)
  const bill = billOf(telling, view, ['subscription_update'])
  const isPaid = bill?.state.status === 'paid'
  const earlier = telling.before.invoices.get(bill?.id ?? '')?.failedAttempt ?? 0
  const hasFailed = bill?.state.status === 'open' && (bill.failedAttempt ?? 0) > earlier
  const isTold = bill !== undefined && (isPaid || hasFailed)
  if (isTold) coverBill(telling, bill)
  const money = isPaid ? ' The bill for it was paid.' : ' The payment for it failed.'
  tell(telling, `${changeOf(telling, before.items, state.items)}${isTold ? money : ''}`, [
    id,
    isTold ? bill.id : null,
  ])
  if (!isPaid) pending(telling, before, view)
}

function bought({ items }: SubscriptionState): string {
  return canonical(items.map(({ price, quantity }) => `${price} ${quantity}`).sort())
}

function pending(telling: Telling, before: SubscriptionState, { state, id }: SubscriptionView) {
  if (state.hasPendingUpdate && !before.hasPendingUpdate) {
    tell(telling, 'A change was asked for and waits for its payment.', [id])
  } else if (!state.hasPendingUpdate && before.hasPendingUpdate) {
    tell(telling, 'The change that waited for its payment was dropped.', [id])
  }
}

function changeOf(
  { names }: Telling,
  before: readonly SubscriptionItemState[],
  after: readonly SubscriptionItemState[],
): string {
  const [from, to] = [names.list(before), names.list(after)]
  if (from !== to) return `The subscription changed from ${from} to ${to}.`
  const [fromOften, toOften] = [names.listByInterval(before), names.listByInterval(after)]
  if (fromOften !== toOften) return `The subscription changed from ${fromOften} to ${toOften}.`
  return `The subscription changed to another price of ${to}.`
}
