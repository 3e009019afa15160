import type Stripe from 'stripe'
import { at, type Stage } from './stage.ts'

/** Ends of the months that begin at a stage's START, 31 January: the anchor's day, or the month's last. */
export const FIRST_RENEWAL = at('2026-02-28T09:00:00Z')
export const SECOND_RENEWAL = at('2026-03-31T09:00:00Z')
export const THIRD_RENEWAL = at('2026-04-30T09:00:00Z')

export const HOUR = 3_600
export const DAY = 86_400

export interface Subscriber {
  /** The customer's id. */
  readonly customer: string
  readonly price: Stripe.Price
  readonly subscription: Stripe.Subscription
  /** The id of its only item. */
  readonly item: string
}

/** A customer who pays 29.00 a month from START on; nothing of it is told by `since()`. */
export async function subscribe(
  stage: Stage,
  fields: Partial<Stripe.SubscriptionCreateParams> = {},
): Promise<Subscriber> {
  const price = await stage.price()
  const customer = await stage.customer()
  const subscription = await stage.api.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    ...fields,
  })
  stage.mark()
  return {
    customer: customer.id,
    price,
    subscription,
    item: subscription.items.data[0]?.id ?? '',
  }
}

/** The same, with a card that will be declined from the first renewal on. */
export async function failingSubscriber(
  stage: Stage,
  fields: Partial<Stripe.SubscriptionCreateParams> = {},
): Promise<Subscriber> {
  const subscriber = await subscribe(stage, fields)
  await stage.changeCard(subscriber.customer, 'pm_card_chargeCustomerFail')
  stage.mark()
  return subscriber
}

/** The subscription as a GET shows it now. */
export function read(stage: Stage, { subscription }: Subscriber): Promise<Stripe.Subscription> {
  return stage.api.subscriptions.retrieve(subscription.id)
}

/** The id of an expandable field that was not expanded. */
export function idOf(field: string | { readonly id?: string } | null | undefined): string {
  return (typeof field === 'string' ? field : field?.id) ?? ''
}

/** The invoice that a subscription names as its latest. */
export async function latestInvoice(stage: Stage, subscriber: Subscriber): Promise<Stripe.Invoice> {
  return stage.api.invoices.retrieve(idOf((await read(stage, subscriber)).latest_invoice))
}
