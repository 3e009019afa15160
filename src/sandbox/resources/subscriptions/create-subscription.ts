import { inParameter } from '../../protocol/find.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Price, Subscription, SubscriptionItem } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { addInvoiceItems, checkedInvoiceItems } from './add-invoice-items.ts'
import { periodAround, type Period } from './calendar.ts'
import { itemList, patchSubscription } from './change-subscription.ts'
import { giveDiscounts, refuseDiscounts } from './discounts.ts'
import { firstLines, startBilling } from './first-invoice.ts'
import { makeItem, refuseItems, taxRates } from './make-item.ts'
import { newSubscription } from './new-subscription.ts'
import { ownPaymentMethod } from './payment-method.ts'
import { prepay } from './prepay.ts'
import { chosenPrice, recurrenceOf, refuseOtherCurrency } from './prices-for.ts'
import type { SubscriptionInput } from './subscription-input.ts'
import { termsOf, type Terms } from './terms.ts'
import { withOffers } from './trial-offer.ts'

/**
 * Makes a subscription, its first invoice, and the first payment as `payment_behavior` says.
 * @throws {StripeError} for what Stripe refuses, before anything but prices is made; 402 for
 * `error_if_incomplete`.
 */
export function createSubscription(world: World, named: SubscriptionInput): Subscription {
  const customer = inParameter(world, 'customer', named.customer, 'customer')
  const asked = withOffers(world, named)
  const now = world.now(customer.id)
  const prices = asked.items.map((item, at) =>
    chosenPrice(world, item, { type: 'recurring', param: `items[${String(at)}]` }),
  )
  const currency = asked.currency ?? prices[0]?.currency ?? 'usd'
  check(world, asked, prices, currency)
  const added = checkedInvoiceItems(world, asked.add_invoice_items, currency)
  const given = { ...asked, add_invoice_items: added }
  const terms = termsOf(given, prices, now)
  const defaults = taxRates(world, given.default_tax_rates, 'default_tax_rates') ?? []
  const paymentMethod =
    given.default_payment_method === undefined
      ? null
      : ownPaymentMethod(world, given.default_payment_method, customer.id)
  const id = world.id('sub')
  const items = given.items.map((item, at) => {
    const price = prices[at] as Price
    return makeItem(world, id, item, {
      price,
      period: firstPeriod(terms, price, given),
      now,
      param: `items[${String(at)}]`,
    })
  })
  const born = newSubscription(world, given, {
    id,
    items,
    terms,
    currency,
    taxRates: defaults,
    paymentMethod,
  })
  const lines = firstLines(world, born, terms, given.proration_behavior !== 'none')
  const input = prepay(world, born, given, lines)
  world.insert('~subscription', {
    id,
    announced: false,
    settling: false,
    warnedOfTrialEnd: null,
    givesUpAt: null,
    pendingInvoice: null,
    resume: null,
  })
  world.insert('subscription', born)
  patchSubscription(world, id, {
    discounts: giveDiscounts(world, input.discounts, { customer: customer.id, subscription: id }),
    items: itemList(id, withDiscounts(world, items, input)),
  })
  const ready = world.must('subscription', id)
  const invoice = world.id('in')
  return startBilling(world, id, input, {
    id: invoice,
    lines: [
      ...addInvoiceItems(world, ready, input.add_invoice_items, invoice),
      ...firstLines(world, ready, terms, input.proration_behavior !== 'none'),
    ],
  })
}

function firstPeriod(
  terms: Terms,
  price: Price,
  { cancel_at: cancelAt, proration_behavior: behavior }: SubscriptionInput,
): Period {
  if (terms.trialEnd !== null) return { start: terms.now, end: terms.trialEnd }
  const { end } = periodAround(terms.anchor, recurrenceOf(price), terms.now)
  const isCut = typeof cancelAt === 'number' && cancelAt > terms.now && behavior !== 'none'
  return { start: terms.now, end: isCut ? Math.min(cancelAt, end) : end }
}

function withDiscounts(
  world: World,
  items: readonly SubscriptionItem[],
  input: SubscriptionInput,
): SubscriptionItem[] {
  return items.map((item, at) => ({
    ...item,
    discounts: giveDiscounts(world, input.items[at]?.discounts, {
      customer: input.customer,
      subscription: item.subscription,
      item,
    }),
  }))
}

function check(
  world: World,
  input: SubscriptionInput,
  prices: readonly Price[],
  currency: string,
): void {
  refuseItems(
    prices.map((price) => ({ price })),
    input.billing_mode?.type ?? 'flexible',
  )
  prices.forEach((price, at) => {
    refuseOtherCurrency(price, currency, `items[${String(at)}][price]`)
  })
  for (const item of input.items) refuseDiscounts(world, item.discounts, input.customer)
  refuseDiscounts(world, input.discounts, input.customer)
  refuseDaysUntilDue(input)
  if (input.payment_behavior === 'pending_if_incomplete') {
    throw invalidRequest(
      '`pending_if_incomplete` can only be used to update a subscription, not to create one.',
      { param: 'payment_behavior' },
    )
  }
}

/** @throws {StripeError} 400 where the days to pay in and the way of collecting do not fit. */
export function refuseDaysUntilDue(
  input: Pick<SubscriptionInput, 'collection_method' | 'days_until_due'>,
): void {
  const isSent = input.collection_method === 'send_invoice'
  if (isSent && input.days_until_due === undefined) {
    throw invalidRequest(
      'You must pass in `days_until_due` when `collection_method` is `send_invoice`.',
      { param: 'days_until_due' },
    )
  }
  if (!isSent && input.days_until_due !== undefined) {
    throw invalidRequest(
      '`days_until_due` can only be set when `collection_method` is `send_invoice`.',
      { param: 'days_until_due' },
    )
  }
}
