import type Stripe from 'stripe'
import type { CatalogDefinition, ProductDefinition } from '../../../src/core/catalog.ts'
import { FIRST_RENEWAL } from '../../sandbox/scenarios/subscriber.ts'
import { at, type Stage } from '../../sandbox/scenarios/stage.ts'

/** Half of the first period, whose days are 28. */
export const HALF_TIME = at('2026-02-14T09:00:00Z')

/** Second at which the first renewal is charged: an hour after its period began (stripe-facts row 40). */
export const FIRST_CHARGE = FIRST_RENEWAL + 3_600

/** A monthly price of 29.00 unless told otherwise; a story's catalog finds it by its name. */
export function onSale(
  stage: Stage,
  name: string,
  fields: Partial<Stripe.PriceCreateParams> = {},
): Promise<Stripe.Price> {
  const product = fields.product === undefined ? { product_data: { name } } : {}
  return stage.api.prices.create({
    currency: 'usd',
    unit_amount: 2_900,
    recurring: { interval: 'month' },
    nickname: name,
    ...product,
    ...fields,
  })
}

/** A price that is paid once: 49.00 unless told otherwise. */
export function onSaleOnce(
  stage: Stage,
  name: string,
  fields: Partial<Stripe.PriceCreateParams> = {},
): Promise<Stripe.Price> {
  return stage.api.prices.create({
    currency: 'usd',
    unit_amount: 4_900,
    nickname: name,
    product_data: { name },
    ...fields,
  })
}

interface Offers extends Omit<CatalogDefinition, 'products'> {
  readonly products: Readonly<Record<string, ProductDefinition>>
}

/** A catalog whose products match the prices on sale under their names, besides what they match anyway. */
export function catalogOf(stage: Stage, { products, ...rest }: Offers): CatalogDefinition {
  const prices = [...stage.sandbox.world.table('price').values()]
  return {
    ...rest,
    products: Object.fromEntries(
      Object.entries(products).map(([name, product]) => {
        const ids = prices.filter(({ nickname }) => nickname === name).map(({ id }) => id)
        const match = ids.length === 0 ? {} : { match: { prices: ids, ...product.match } }
        return [name, { ...product, ...match }]
      }),
    ),
  }
}

/** A customer at Stripe whose metadata names the app's own, with a card that pays what falls due. */
export async function appCustomer(
  stage: Stage,
  name: string,
  card = 'pm_card_visa',
): Promise<string> {
  const { id } = await stage.api.customers.create({
    email: `${name}@example.test`,
    metadata: { customer_id: name },
    payment_method: card,
    invoice_settings: { default_payment_method: card },
  })
  return id
}

/** A subscription to one price. */
export function subscribeTo(
  stage: Stage,
  customer: string,
  { id: price }: Stripe.Price,
  fields: Partial<Stripe.SubscriptionCreateParams> = {},
): Promise<Stripe.Subscription> {
  return stage.api.subscriptions.create({ customer, items: [{ price }], ...fields })
}

/** The id of a subscription's item for a price, or of its first. */
export function itemOf(subscription: Stripe.Subscription, price?: Stripe.Price): string {
  const { data } = subscription.items
  const item = price === undefined ? data[0] : data.find((one) => one.price.id === price.id)
  if (item === undefined)
    throw new Error(`${subscription.id} has no item of ${price?.id ?? 'any price'}`)
  return item.id
}

export interface Purchase {
  readonly session: Stripe.Checkout.Session
  readonly intent: string
  /** Empty where no charge has succeeded yet. */
  readonly charge: string
}

/** Buys something once at Checkout; its session's metadata names the catalog's product. */
export async function buyOnce(
  stage: Stage,
  product: string,
  price: Stripe.Price,
  {
    paymentMethod = 'pm_card_visa',
    metadata = {},
    ...fields
  }: Partial<Stripe.Checkout.SessionCreateParams> & {
    readonly paymentMethod?: string | null
    readonly metadata?: Stripe.MetadataParam
  } = {},
): Promise<Purchase> {
  const open = await stage.checkout({
    mode: 'payment',
    line_items: [{ price: price.id, quantity: 1 }],
    ...fields,
    metadata: { proviso_product: product, ...metadata },
  })
  const session = await stage.sandbox.pay(open, { paymentMethod })
  const intent = typeof session.payment_intent === 'string' ? session.payment_intent : ''
  const charges =
    intent === '' ? [] : (await stage.api.charges.list({ payment_intent: intent })).data
  const paid = charges.find(({ status }) => status === 'succeeded')
  return { session, intent, charge: paid?.id ?? '' }
}
