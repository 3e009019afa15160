import type { TableName } from '../../../src/sandbox/tables.ts'
import type { World } from '../../../src/sandbox/world/world.ts'

/** What stands before an id in a path, and where such ids are. */
const BY_SEGMENT: Readonly<Record<string, TableName>> = {
  products: 'product',
  customers: 'customer',
  balance_transactions: 'balance_transaction',
  invoiceitems: 'invoiceitem',
  invoices: 'invoice',
  lines: 'line_item',
  invoice_payments: 'invoice_payment',
  credit_notes: 'credit_note',
  prices: 'price',
  plans: 'price',
  coupons: 'coupon',
  promotion_codes: 'promotion_code',
  tax_rates: 'tax_rate',
  meters: 'billing.meter',
  credit_grants: 'billing.credit_grant',
  credit_balance_transactions: 'billing.credit_balance_transaction',
  features: 'entitlements.feature',
  active_entitlements: 'entitlements.active_entitlement',
  configurations: 'billing_portal.configuration',
  subscriptions: 'subscription',
  subscription_items: 'subscription_item',
  subscription_schedules: 'subscription_schedule',
  quotes: 'quote',
  test_clocks: 'test_helpers.test_clock',
  webhook_endpoints: 'webhook_endpoint',
  payment_links: 'payment_link',
  payment_methods: 'payment_method',
  sources: 'card',
  payment_intents: 'payment_intent',
  setup_intents: 'setup_intent',
  charges: 'charge',
  mandates: 'mandate',
  refunds: 'refund',
  disputes: 'dispute',
  cash_balance_transactions: 'customer_cash_balance_transaction',
  sessions: 'checkout.session',
  payment_pages: 'checkout.session',
}

/** Parameters that name an object but are not called as its table is. */
const BY_PARAMETER: Readonly<Record<string, TableName>> = {
  default_payment_method: 'payment_method',
  default_source: 'card',
  default_price: 'price',
  plan: 'price',
  tax_rates: 'tax_rate',
  default_tax_rates: 'tax_rate',
  invoice_item: 'invoiceitem',
  invoice_line_item: 'line_item',
  from_subscription: 'subscription',
  from_invoice: 'invoice',
  schedule: 'subscription_schedule',
  test_clock: 'test_helpers.test_clock',
  meter: 'billing.meter',
  entitlement_feature: 'entitlements.feature',
  configuration: 'billing_portal.configuration',
  credit_grant: 'billing.credit_grant',
  stripe_customer_id: 'customer',
  latest_charge: 'charge',
}

export const tableOfSegment = (segment: string): TableName | undefined => BY_SEGMENT[segment]

/** Where the ids are that a parameter of this name takes, or undefined. */
export function tableOfParameter(name: string): TableName | undefined {
  return BY_PARAMETER[name] ?? BY_SEGMENT[`${name}s`] ?? BY_SEGMENT[name]
}

export function idsOf(world: World, name: TableName): string[] {
  return [...world.table(name).values()].map(({ id }) => id)
}

const ALL = [...new Set([...Object.values(BY_SEGMENT), ...Object.values(BY_PARAMETER)])]

/** One or two ids of every kind there is. */
export function idsOfAll(world: World): string[] {
  return ALL.flatMap((name) => idsOf(world, name).slice(-2))
}
