import { kind, type Kind } from '../kind.ts'
import type { LifeStage } from '../life-stage.ts'
import type { Interval, Once, Plan } from '../shop.ts'

/** Where the money comes from in Checkout. */
const METHODS = {
  card: 'pm_card_visa',
  SEPA: 'pm_sepaDebit_success_de',
  'a SEPA debit that fails': 'pm_sepaDebit_failed_de',
  'a SEPA debit that is returned': 'pm_sepaDebit_disputed_de',
  'a card that is disputed': 'pm_card_createDispute',
} as const

type Method = keyof typeof METHODS

const METHOD: readonly Method[] = [
  'card',
  'card',
  'card',
  ...(Object.keys(METHODS) as Method[]).slice(1),
]

type Coupon = 'none' | 'free' | 'half'

type Bought = {
  readonly plan: Plan
  readonly interval: Interval
  readonly seats: number
  readonly extra: 'none' | 'add-on' | 'calls'
  readonly trial: number
  readonly coupon: Coupon
  readonly who: number
}

const BOUGHT = {
  plan: ['basic', 'pro'],
  interval: ['month', 'month', 'month', 'year'],
  seats: [1, 2, 5],
  extra: ['none', 'none', 'none', 'add-on', 'calls'],
  trial: [0, 0, 0, 0, 7, 30],
  coupon: ['none', 'none', 'none', 'none', 'free', 'half'],
  who: [0, 0, 0, 1],
} as const

function itemsOf(stage: LifeStage, { plan, interval, seats, extra }: Bought) {
  const { shop } = stage
  return [
    { price: shop.plan[plan][interval], quantity: seats },
    ...(extra === 'add-on' ? [{ price: shop.addOn[interval], quantity: 1 }] : []),
    // Usage is billed by the month: beside a yearly plan it is left out (SPEC, known gaps).
    ...(extra === 'calls' && interval === 'month' ? [{ price: shop.calls }] : []),
  ]
}

function couponOf({ shop }: LifeStage, coupon: Coupon) {
  if (coupon === 'none') return {}
  return { discounts: [{ coupon: coupon === 'free' ? shop.freeCoupon : shop.halfCoupon }] }
}

const told = ({ plan, interval, seats, extra, trial, coupon, who }: Bought) =>
  [
    `${plan} by the ${interval} ×${seats}`,
    ...(extra === 'none' ? [] : [`with ${extra}`]),
    ...(trial > 0 ? [`${trial} days of trial`] : []),
    ...(coupon === 'none' ? [] : [coupon === 'free' ? 'first bill 100 % off' : 'at half price']),
    ...(who === 0 ? [] : ['(ben)']),
  ].join(', ')

const subscribe = kind<Bought & { behavior: 'allow_incomplete' | 'default_incomplete' }>(
  'subscribe',
  8,
  { ...BOUGHT, behavior: ['allow_incomplete', 'allow_incomplete', 'default_incomplete'] },
  {
    words: (bought) =>
      `subscribes by API to ${told(bought)}${bought.behavior === 'default_incomplete' ? ', paying later' : ''}`,
    async play(stage, bought) {
      const sub = await stage.api.subscriptions.create({
        customer: await stage.customerOf(bought.who),
        items: itemsOf(stage, bought),
        metadata: stage.stamp(bought.who),
        payment_behavior: bought.behavior,
        ...couponOf(stage, bought.coupon),
        ...(bought.trial > 0 ? { trial_period_days: bought.trial } : {}),
      })
      return sub.id
    },
  },
)

const checkout = kind<Bought & { method: Method }>(
  'checkout',
  8,
  { ...BOUGHT, method: METHOD },
  {
    words: (bought) => `buys by Checkout ${told(bought)}, by ${bought.method}`,
    async play(stage, bought) {
      const session = await stage.api.checkout.sessions.create({
        mode: 'subscription',
        success_url: 'https://app.test/thanks',
        customer: await stage.customerOf(bought.who),
        line_items: itemsOf(stage, bought),
        allowed_payment_method_types: ['card', 'sepa_debit'],
        metadata: stage.stamp(bought.who),
        subscription_data: {
          metadata: stage.stamp(bought.who),
          ...(bought.trial > 0 ? { trial_period_days: bought.trial } : {}),
        },
        ...couponOf(stage, bought.coupon),
      })
      const done = await stage.sandbox.pay(session, { paymentMethod: METHODS[bought.method] })
      return String(done.subscription)
    },
  },
)

type BoughtOnce = {
  readonly what: Once
  readonly method: Method
  readonly as: 'customer' | 'guest'
  readonly isInvoiced: boolean
  readonly who: number
}

const once = kind<BoughtOnce>(
  'once',
  5,
  {
    what: ['pass', 'lifetime'],
    method: METHOD,
    as: ['customer', 'customer', 'guest'],
    isInvoiced: [false, false, true],
    who: [0, 0, 0, 1],
  },
  {
    words: ({ what, method, as, isInvoiced, who }) =>
      `buys a ${what} by ${method}${as === 'guest' ? ' as a guest' : ''}${isInvoiced ? ', with an invoice' : ''}${who === 0 ? '' : ' (ben)'}`,
    async play(stage, { what, method, as, isInvoiced, who }) {
      const { client_reference_id, ...asWhom } =
        as === 'guest'
          ? { client_reference_id: who === 0 ? 'ada' : 'ben' }
          : { client_reference_id: undefined, customer: await stage.customerOf(who) }
      const session = await stage.api.checkout.sessions.create({
        mode: 'payment',
        success_url: 'https://app.test/thanks',
        ...asWhom,
        ...(client_reference_id === undefined ? {} : { client_reference_id }),
        line_items: [{ price: stage.shop.once[what], quantity: 1 }],
        allowed_payment_method_types: ['card', 'sepa_debit'],
        metadata: { proviso_product: what, ...stage.stamp(who) },
        ...(isInvoiced ? { invoice_creation: { enabled: true } } : {}),
      })
      await stage.sandbox.pay(session, { paymentMethod: METHODS[method] })
      return session.id
    },
  },
)

const invoiced = kind<Bought & { days: number }>(
  'invoiced',
  2,
  { ...BOUGHT, extra: ['none'], coupon: ['none'], trial: [0], days: [30, 7] },
  {
    words: (bought) => `subscribes on account to ${told(bought)}, due in ${bought.days} days`,
    async play(stage, bought) {
      const sub = await stage.api.subscriptions.create({
        customer: await stage.customerOf(bought.who),
        items: itemsOf(stage, bought),
        metadata: stage.stamp(bought.who),
        collection_method: 'send_invoice',
        days_until_due: bought.days,
      })
      return sub.id
    },
  },
)

const metered = kind<{ who: number }>(
  'metered',
  2,
  { who: [0, 0, 1] },
  {
    words: ({ who }) => `subscribes to calls alone${who === 0 ? '' : ' (ben)'}`,
    async play(stage, { who }) {
      const sub = await stage.api.subscriptions.create({
        customer: await stage.customerOf(who),
        items: [{ price: stage.shop.calls }],
        metadata: stage.stamp(who),
      })
      return sub.id
    },
  },
)

const use = kind<{ which: number; calls: number }>(
  'use',
  2,
  { which: [0, 1], calls: [100, 5_000] },
  {
    words: ({ calls }) => `makes ${calls} calls`,
    async play(stage, { which, calls }) {
      const customers = stage.customers()
      const customer = customers[which % Math.max(customers.length, 1)]
      if (customer === undefined) return null
      await stage.api.billing.meterEvents.create({
        event_name: 'calls',
        payload: { stripe_customer_id: customer, value: String(calls) },
      })
      return customer
    },
  },
)

export const BUYING: readonly Kind[] = [subscribe, checkout, once, invoiced, metered, use]
