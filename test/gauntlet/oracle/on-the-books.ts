import type Stripe from 'stripe'
import type { CatalogDefinition, Policy } from '../../../src/core/catalog.ts'
import type { Settings } from '../../../src/sandbox/index.ts'
import { played } from '../../sandbox/decided/decided-stage.ts'
import { at, type Stage } from '../../sandbox/scenarios/stage.ts'
import { oracle } from './index.ts'

export interface Life {
  readonly settings?: Partial<Settings>
  readonly policy?: Partial<Policy>
  /** Default `usd`; bank debits take `eur`. */
  readonly currency?: string
  /** Plays it for the app customer `ada`. */
  play(stage: Stage, shop: Shop): Promise<void>
}

/** What is on sale in every life: by the month, by use, and once. */
export interface Shop {
  readonly ada: string
  /** 29.00 a month. */
  readonly basic: Stripe.Price
  /** 58.00 a month. */
  readonly team: Stripe.Price
  /** 0.01 a call, by the month. */
  readonly calls: Stripe.Price
  /** 49.00 once, for good. */
  readonly book: Stripe.Price
  /** 49.00 once, for thirty days. */
  readonly pass: Stripe.Price
}

/** Retried when the story is long over, and left past due. */
export const PATIENT: Partial<Settings> = { retryDays: [300], afterRetries: 'past_due' }

/**
 * What ada should have at each of these times, in words: her features, and what they come to where
 * that is no flag.
 */
export async function dueIn(life: Life, ...times: readonly string[]): Promise<readonly string[]> {
  const { books, catalog } = await recorded(life)
  return times.map((time) => {
    const dues = Object.entries(oracle.due(books, catalog, at(time))['ada'] ?? {})
    return dues
      .filter(([, { allowed }]) => allowed)
      .map(([feature, { value }]) => `${feature}${value === true ? '' : ` ${String(value)}`}`)
      .join(', ')
  })
}

/** Seconds up to a time at which the oracle says that something may change. */
export async function turnsIn(life: Life, until: string): Promise<readonly number[]> {
  const { books, catalog } = await recorded(life)
  return oracle.turningPoints(books, catalog, at(until))
}

async function recorded(life: Life) {
  let shop: Shop | undefined
  const { books, catalog, close } = await played({
    rows: [],
    title: 'a life on the books',
    settings: life.settings ?? PATIENT,
    catalog: () => catalogOf(shop, life.policy ?? {}),
    async play(stage) {
      shop = await openShop(stage, life.currency ?? 'usd')
      await life.play(stage, shop)
    },
  })
  await close()
  return { books, catalog }
}

async function openShop(stage: Stage, currency: string): Promise<Shop> {
  const { id: ada } = await stage.api.customers.create({
    metadata: { customer_id: 'ada' },
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
  })
  const meter = await stage.api.billing.meters.create({
    display_name: 'Calls',
    event_name: 'calls',
    default_aggregation: { formula: 'sum' },
  })
  const once = (name: string) =>
    stage.api.prices.create({ currency, unit_amount: 4_900, product_data: { name } })
  return {
    ada,
    basic: await stage.price({ currency }),
    team: await stage.price({ currency, unit_amount: 5_800 }),
    calls: await stage.price({
      currency,
      unit_amount: 1,
      recurring: { interval: 'month', usage_type: 'metered', meter: meter.id },
    }),
    book: await once('Book'),
    pass: await once('Pass'),
  }
}

function catalogOf(shop: Shop | undefined, policy: Partial<Policy>): CatalogDefinition {
  const match = (name: 'basic' | 'team' | 'calls' | 'book' | 'pass') => ({
    prices: [shop?.[name].id ?? ''],
  })
  return {
    features: {
      basic: { type: 'flag' },
      team: { type: 'flag' },
      seats: { type: 'quantity' },
      calls: { type: 'flag' },
      book: { type: 'flag' },
      projects: { type: 'quantity' },
    },
    products: {
      basic: { match: match('basic'), grants: { basic: true, seats: 'quantity' } },
      team: { match: match('team'), grants: { team: true, seats: 'quantity' } },
      calls: { match: match('calls'), grants: { calls: true } },
      book: { match: match('book'), grants: { book: true } },
      pass: { match: match('pass'), grants: { projects: 5 }, duration: { days: 30 } },
    },
    policy,
  }
}
