import type Stripe from 'stripe'
import type { QuoteRecord } from './resources/quotes/quote-lines.ts'
import type { ScheduleRecord } from './resources/subscription-schedules/next-step.ts'
import type { BilledRecord } from './resources/subscriptions/billed.ts'
import type { SubscriptionRecord } from './resources/subscriptions/change-subscription.ts'
import type { PendingRecord } from './resources/subscriptions/pending-update.ts'
import type { CouponTerms } from './resources/coupons/coupon-terms.ts'
import type { EntitledItem } from './resources/entitlements/entitled-item.ts'
import type { PortalProducts } from './resources/portal-configurations/portal-products.ts'
import type { UsageRecord } from './resources/meters/usage-record.ts'
import type { CollectionRecord } from './resources/invoices/collection-record.ts'
import type { CashBalanceRecord } from './resources/cash-balances/cash-balance.ts'
import type { AttemptRecord } from './resources/payment-intents/attempt-record.ts'
import type { Instrument } from './resources/payment-methods/instrument.ts'
import type { TokenRecord } from './resources/tokens/token-record.ts'
import type { Wire } from './wire.ts'
import type { CheckoutTerms } from './resources/checkout/terms.ts'
import type { LinkTerms } from './resources/payment-links/terms.ts'

export type Customer = Wire<Stripe.Customer>
export type Product = Wire<Stripe.Product>
export type Price = Wire<Stripe.Price>
export type Plan = Wire<Stripe.Plan>
export type Coupon = Wire<Stripe.Coupon>
export type PromotionCode = Wire<Stripe.PromotionCode>
export type Discount = Wire<Stripe.Discount>
export type TaxRate = Wire<Stripe.TaxRate>
export type PaymentMethod = Wire<Stripe.PaymentMethod>
export type PaymentIntent = Wire<Stripe.PaymentIntent>
export type PaymentRecord = Wire<Stripe.PaymentRecord>
export type SetupIntent = Wire<Stripe.SetupIntent>
export type Mandate = Wire<Stripe.Mandate>
export type Charge = Wire<Stripe.Charge>
export type BalanceTransaction = Wire<Stripe.BalanceTransaction>
export type Refund = Wire<Stripe.Refund>
export type Dispute = Wire<Stripe.Dispute>
export type InvoiceItem = Wire<Stripe.InvoiceItem>
export type Invoice = Wire<Stripe.Invoice>
export type InvoiceLineItem = Wire<Stripe.InvoiceLineItem>
export type InvoicePayment = Wire<Stripe.InvoicePayment>
export type CreditNote = Wire<Stripe.CreditNote>
export type CustomerBalanceTransaction = Wire<Stripe.CustomerBalanceTransaction>
export type CashBalanceTransaction = Wire<Stripe.CustomerCashBalanceTransaction>
export type Subscription = Wire<Stripe.Subscription>
export type SubscriptionItem = Wire<Stripe.SubscriptionItem>
export type SubscriptionSchedule = Wire<Stripe.SubscriptionSchedule>
export type Quote = Wire<Stripe.Quote>
export type CheckoutSession = Wire<Stripe.Checkout.Session>
export type LineItem = Wire<Stripe.LineItem>
export type PaymentLink = Wire<Stripe.PaymentLink>
export type PortalConfiguration = Wire<Stripe.BillingPortal.Configuration>
export type PortalSession = Wire<Stripe.BillingPortal.Session>
export type Meter = Wire<Stripe.Billing.Meter>
export type CreditGrant = Wire<Stripe.Billing.CreditGrant>
export type CreditBalanceSummary = Wire<Stripe.Billing.CreditBalanceSummary>
export type CreditBalanceTransaction = Wire<Stripe.Billing.CreditBalanceTransaction>
export type MeterEventSummary = Wire<Stripe.Billing.MeterEventSummary>
export type Feature = Wire<Stripe.Entitlements.Feature>
export type ActiveEntitlement = Wire<Stripe.Entitlements.ActiveEntitlement>
export type EntitlementSummary = Wire<Stripe.Entitlements.ActiveEntitlementSummary>
export type ProductFeature = Wire<Stripe.ProductFeature>
export type TestClock = Wire<Stripe.TestHelpers.TestClock>
export type WebhookEndpoint = Wire<Stripe.WebhookEndpoint>
export type CardSource = Wire<Stripe.Card>
export type TrialOffer = Wire<Stripe.ProductCatalog.TrialOffer>
export type EarlyFraudWarning = Wire<Stripe.Radar.EarlyFraudWarning>
export type Review = Wire<Stripe.Review>

/** What Stripe would show, by the name of its `object` field. One table each. */
export interface Tables extends Records {
  readonly customer: Customer
  readonly product: Product
  readonly price: Price
  readonly coupon: Coupon
  readonly promotion_code: PromotionCode
  readonly discount: Discount
  readonly tax_rate: TaxRate
  readonly payment_method: PaymentMethod
  readonly payment_intent: PaymentIntent
  readonly payment_record: PaymentRecord
  readonly setup_intent: SetupIntent
  readonly mandate: Mandate
  readonly charge: Charge
  readonly balance_transaction: BalanceTransaction
  readonly refund: Refund
  readonly dispute: Dispute
  readonly invoiceitem: InvoiceItem
  readonly invoice: Invoice
  readonly line_item: InvoiceLineItem
  readonly invoice_payment: InvoicePayment
  readonly credit_note: CreditNote
  readonly customer_balance_transaction: CustomerBalanceTransaction
  readonly customer_cash_balance_transaction: CashBalanceTransaction
  readonly subscription: Subscription
  readonly subscription_item: SubscriptionItem
  readonly subscription_schedule: SubscriptionSchedule
  readonly quote: Quote
  readonly 'checkout.session': CheckoutSession
  readonly item: LineItem
  readonly payment_link: PaymentLink
  readonly 'billing_portal.configuration': PortalConfiguration
  readonly 'billing_portal.session': PortalSession
  readonly 'billing.meter': Meter
  readonly 'billing.credit_grant': CreditGrant
  readonly 'billing.credit_balance_transaction': CreditBalanceTransaction
  readonly 'entitlements.feature': Feature
  readonly 'entitlements.active_entitlement': ActiveEntitlement
  readonly product_feature: ProductFeature
  readonly 'test_helpers.test_clock': TestClock
  readonly webhook_endpoint: WebhookEndpoint
  readonly card: CardSource
  readonly 'radar.early_fraud_warning': EarlyFraudWarning
  readonly review: Review
  readonly 'product_catalog.trial_offer': TrialOffer
}

/**
 * What Stripe knows and does not show: one table each too, named with a leading `~`. A record has
 * an `id`; where it belongs to one object it carries that object's id.
 */
export interface Records {
  /** What a Checkout Session was asked for and how far it is, by its id. */
  readonly '~checkout': CheckoutTerms
  /** A card of the portal's whose holder is at their bank, by its setup intent's id. */
  readonly '~portal_setup': { readonly id: string; readonly customer: string }
  /** What a payment link sells, by its id. */
  readonly '~payment_link': LinkTerms
  /** How an invoice is being collected, by its id. */
  readonly '~invoice_collection': CollectionRecord
  /** When a subscription's renewal was announced last, by its id: Unix seconds. */
  readonly '~upcoming': { readonly id: string; readonly announced: number }
  /** The tax rates of an invoice line's own, by the line's id; null: the invoice's. */
  readonly '~invoice_line': { readonly id: string; readonly tax_rates: readonly string[] | null }
  /** The terms of a coupon, by its id, also after it is deleted. */
  readonly '~coupon_terms': CouponTerms
  /** A discount that was taken away or used up. */
  readonly '~ended_discount': { readonly id: string }
  /** An accepted meter event. */
  readonly '~meter_event': UsageRecord
  /** A session of the meter event stream, by its token. */
  readonly '~meter_event_session': { readonly id: string; readonly expires: number }
  /** The features a subscription item gives in its current period, by the item's id. */
  readonly '~entitled_item': EntitledItem
  /** Whose an active entitlement is, by its id. */
  readonly '~entitlement_owner': { readonly id: string; readonly customer: string }
  /** What a portal configuration lets customers switch to, by its id. */
  readonly '~portal_products': PortalProducts
  /** A feature attached to a product, by the id of their `product_feature`. */
  readonly '~product_feature': {
    readonly id: string
    readonly product: string
    readonly feature: string
  }
  /** What a subscription has and does not show, by its id. */
  readonly '~subscription': SubscriptionRecord
  /** What has been billed of a licensed subscription item for times not over, by the item's id. */
  readonly '~billed': BilledRecord
  /** A quote's lines and the discounts it names, by its id. */
  readonly '~quote': QuoteRecord
  /** What a subscription schedule has and does not show, by its id. */
  readonly '~schedule': ScheduleRecord
  /** A change of a subscription that waits for a payment, by the subscription's id. */
  readonly '~pending_update': PendingRecord
  /** The signing secret of a webhook endpoint, by the endpoint's id. */
  /** What stands behind a payment method, by its id: see resources/payment-methods. */
  readonly '~instrument': Instrument
  /** What an intent was asked to do, by its id: see resources/payment-intents. */
  readonly '~attempt': AttemptRecord
  /** A token made from card details, until it is used. */
  readonly '~token': TokenRecord
  /** What a customer has with us from bank transfers, by the customer's id. */
  readonly '~cash_balance': CashBalanceRecord
  readonly '~webhook_secret': { readonly id: string; readonly secret: string }
}

export type TableName = keyof Tables
