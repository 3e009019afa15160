import { createPrice, type PriceInput } from '../resources/prices/create-price.ts'
import { createProduct } from '../resources/products/create-product.ts'
import type { World } from '../world/world.ts'

/** The products of the sample shop, by what the shop calls them. */
export interface ShopCatalog {
  readonly starter: string
  readonly pro: string
  readonly exportPass: string
  readonly lifetime: string
  readonly credits: string
}

/** As the sample catalog of `proviso dev` matches them. */
export const SHOP_CATALOG: ShopCatalog = {
  starter: 'prod_sample_starter',
  pro: 'prod_sample_pro',
  exportPass: 'prod_sample_export_pass',
  lifetime: 'prod_sample_lifetime',
  credits: 'prod_sample_credits',
}

/** The prices of the sample shop: the same ids and lookup keys in every sandbox. */
export const SHOP_PRICES = {
  starter: 'price_sample_starter_monthly',
  pro: 'price_sample_pro_monthly',
  proYearly: 'price_sample_pro_yearly',
  proEuro: 'price_sample_pro_monthly_eur',
  exportPass: 'price_sample_export_pass',
  lifetime: 'price_sample_lifetime',
  credits: 'price_sample_credits',
} as const

interface Stock {
  readonly product: keyof ShopCatalog
  readonly name: string
  readonly description: string
  readonly prices: readonly Omit<PriceInput, 'product'>[]
}

const MONTHLY = { interval: 'month' } as const
const YEARLY = { interval: 'year' } as const

const STOCK: readonly Stock[] = [
  {
    product: 'starter',
    name: 'Starter',
    description: 'For one person who is trying things out.',
    prices: [price('starter', 'starter_monthly', 900, 'usd', MONTHLY)],
  },
  {
    product: 'pro',
    name: 'Pro',
    description: 'Export, single sign-on, seats and 10,000 API calls a month.',
    prices: [
      price('pro', 'pro_monthly', 2_900, 'usd', MONTHLY),
      price('proYearly', 'pro_yearly', 29_000, 'usd', YEARLY),
      price('proEuro', 'pro_monthly_eur', 2_700, 'eur', MONTHLY),
    ],
  },
  {
    product: 'exportPass',
    name: 'Export pass',
    description: 'Export for 30 days.',
    prices: [price('exportPass', 'export_pass', 1_900, 'usd')],
  },
  {
    product: 'lifetime',
    name: 'Pro for life',
    description: 'Pay once, keep Pro.',
    prices: [price('lifetime', 'lifetime', 49_900, 'usd')],
  },
  {
    product: 'credits',
    name: '100 credits',
    description: 'Used up as you go.',
    prices: [price('credits', 'credits_100', 1_000, 'usd')],
  },
]

function price(
  name: keyof typeof SHOP_PRICES,
  lookupKey: string,
  amount: number,
  currency: string,
  recurring?: { readonly interval: 'month' | 'year' },
): Omit<PriceInput, 'product'> {
  return {
    id: SHOP_PRICES[name],
    lookup_key: lookupKey,
    unit_amount: amount,
    currency,
    ...(recurring === undefined ? {} : { recurring }),
  }
}

/**
 * Puts the sample shop's products and prices into the world, unless they are there.
 * @param catalog the product ids that the app's catalog knows, where they are not the sample's.
 */
export function stockShop(world: World, catalog: Partial<ShopCatalog> = {}): void {
  const ids = { ...SHOP_CATALOG, ...catalog }
  for (const { product, name, description, prices } of STOCK) {
    const id = ids[product]
    if (world.get('product', id) === undefined) createProduct(world, { id, name, description })
    for (const input of prices) {
      if (world.get('price', input.id) === undefined) createPrice(world, { ...input, product: id })
    }
  }
}
