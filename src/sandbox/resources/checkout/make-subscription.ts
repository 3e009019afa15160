import { mergeMetadata } from '../../protocol/parameters.ts'
import { BASIL, isBefore } from '../../protocol/versions.ts'
import type { World } from '../../world/world.ts'
import { createSubscription } from '../subscriptions/create-subscription.ts'
import type { SubscriptionInput } from '../subscriptions/subscription-input.ts'
import { liveDiscountsOf } from './session-discounts.ts'

/** The version since which a subscription's billing mode is flexible by default (stripe-facts §2.2). */
const CLOVER = '2025-09-30'

export interface SubscriptionPayment {
  readonly paymentMethod?: string | null
  /** The intent that has paid the first invoice. */
  readonly paidBy?: string
  readonly paymentBehavior?: 'default_incomplete'
}

/** Whether the subscription is made before the money comes: sessions of versions before basil. */
export function makesSubscriptionFirst(world: World, id: string): boolean {
  const session = world.must('checkout.session', id)
  return session.mode === 'subscription' && isBefore(world.must('~checkout', id).version, BASIL)
}

/** Makes the subscription a session sells; its id. */
export function makeSubscription(world: World, id: string, payment: SubscriptionPayment): string {
  const session = world.must('checkout.session', id)
  const { input, lines, customer, version } = world.must('~checkout', id)
  const data = input.subscription_data ?? {}
  const recurring = lines.filter(({ item }) => item.price?.type === 'recurring')
  const once = lines.filter(({ item }) => item.price?.type === 'one_time')
  const named = ({ item, taxRates }: (typeof lines)[number]) => ({
    price: item.price?.id ?? '',
    ...(item.quantity === null ? {} : { quantity: item.quantity }),
    ...(taxRates.length === 0 ? {} : { tax_rates: taxRates }),
    ...(Object.keys(item.metadata ?? {}).length === 0 ? {} : { metadata: item.metadata }),
  })
  const request: SubscriptionInput = {
    customer: session.customer ?? customer ?? '',
    items: recurring.map(named),
    add_invoice_items: once.map(named),
    discounts: liveDiscountsOf(world, session),
    metadata: mergeMetadata({}, data.metadata),
    description: data.description,
    default_tax_rates: data.default_tax_rates,
    default_payment_method: payment.paymentMethod ?? undefined,
    payment_settings:
      input.allowed_payment_method_types === undefined
        ? undefined
        : { payment_method_types: session.payment_method_types },
    trial_end: data.trial_end,
    trial_period_days: data.trial_period_days,
    trial_settings: data.trial_settings,
    billing_mode:
      data.billing_mode ?? (isBefore(version, CLOVER) ? { type: 'classic' } : undefined),
    paidBy: payment.paidBy,
    payment_behavior: payment.paymentBehavior,
    off_session: false,
  }
  const prices = lines.flatMap(({ item }) => (item.price === null ? [] : [item.price.id]))
  return withPrices(world, prices, () => createSubscription(world, request).id)
}

/**
 * A price made for its line alone is inactive, and one may be archived after the session was made:
 * what the buyer was offered is sold all the same.
 */
function withPrices<T>(world: World, ids: readonly string[], run: () => T): T {
  const inactive = ids.filter((id) => world.get('price', id)?.active === false)
  const activate = (active: boolean) => {
    for (const id of inactive) world.patch('price', id, { active })
  }
  activate(true)
  try {
    return run()
  } finally {
    activate(false)
    for (const id of inactive) world.signal('price.changed', { id })
  }
}
