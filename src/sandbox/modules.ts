import type { Module } from './module.ts'
import { balanceTransactions } from './resources/balance-transactions/index.ts'
import { cashBalances } from './resources/cash-balances/index.ts'
import { charges } from './resources/charges/index.ts'
import { customerSources } from './resources/customer-sources/index.ts'
import { disputes } from './resources/disputes/index.ts'
import { mandates } from './resources/mandates/index.ts'
import { paymentIntents } from './resources/payment-intents/index.ts'
import { paymentMethods } from './resources/payment-methods/index.ts'
import { paymentRecords } from './resources/payment-records/index.ts'
import { radar } from './resources/radar/index.ts'
import { refunds } from './resources/refunds/index.ts'
import { setupIntents } from './resources/setup-intents/index.ts'
import { tokens } from './resources/tokens/index.ts'
import { creditNotes } from './resources/credit-notes/index.ts'
import { customers } from './resources/customers/index.ts'
import { invoiceItems } from './resources/invoice-items/index.ts'
import { invoicePayments } from './resources/invoice-payments/index.ts'
import { invoices } from './resources/invoices/index.ts'
import { checkout } from './resources/checkout/index.ts'
import { coreEvents } from './resources/core-events/index.ts'
import { billingCredits } from './resources/billing-credits/index.ts'
import { coupons } from './resources/coupons/index.ts'
import { entitlements } from './resources/entitlements/index.ts'
import { meters } from './resources/meters/index.ts'
import { paymentLinks } from './resources/payment-links/index.ts'
import { plans } from './resources/plans/index.ts'
import { portalConfigurations } from './resources/portal-configurations/index.ts'
import { portalSessions } from './resources/portal-sessions/index.ts'
import { prices } from './resources/prices/index.ts'
import { promotionCodes } from './resources/promotion-codes/index.ts'
import { taxRates } from './resources/tax-rates/index.ts'
import { products } from './resources/products/index.ts'
import { quotes } from './resources/quotes/index.ts'
import { subscriptionSchedules } from './resources/subscription-schedules/index.ts'
import { subscriptions } from './resources/subscriptions/index.ts'
import { testClocks } from './resources/test-clocks/index.ts'
import { trialOffers } from './resources/trial-offers/index.ts'
import { webhookEndpoints } from './resources/webhook-endpoints/index.ts'

/** Everything the sandbox answers. Reactions run in this order. */
export const MODULES: readonly Module[] = [
  products,
  customers,
  invoiceItems,
  invoices,
  invoicePayments,
  creditNotes,
  prices,
  plans,
  coupons,
  promotionCodes,
  taxRates,
  trialOffers,
  meters,
  billingCredits,
  entitlements,
  portalConfigurations,
  coreEvents,
  subscriptions,
  subscriptionSchedules,
  quotes,
  testClocks,
  webhookEndpoints,
  portalSessions,
  paymentLinks,
  tokens,
  paymentMethods,
  customerSources,
  paymentIntents,
  paymentRecords,
  setupIntents,
  charges,
  balanceTransactions,
  mandates,
  refunds,
  disputes,
  radar,
  cashBalances,
  // After what it reacts to: invoices and subscriptions.
  checkout,
]
