import type Stripe from 'stripe'
import type { Wire } from './wire.ts'

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
export type Feature = Wire<Stripe.Entitlements.Feature>
export type ActiveEntitlement = Wire<Stripe.Entitlements.ActiveEntitlement>
export type ProductFeature = Wire<Stripe.ProductFeature>
export type TestClock = Wire<Stripe.TestHelpers.TestClock>
export type WebhookEndpoint = Wire<Stripe.WebhookEndpoint>
export type CardSource = Wire<Stripe.Card>

/** What Stripe would show, by the name of its `object` field. One table each. */
export interface Tables extends Records {
  readonly customer: Customer
  readonly product: Product
  readonly price: Price
  readonly coupon: Coupon
  readonly promotion_code: PromotionCode
  readonly tax_rate: TaxRate
  readonly payment_method: PaymentMethod
  readonly payment_intent: PaymentIntent
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
  readonly 'entitlements.feature': Feature
  readonly 'entitlements.active_entitlement': ActiveEntitlement
  readonly product_feature: ProductFeature
  readonly 'test_helpers.test_clock': TestClock
  readonly webhook_endpoint: WebhookEndpoint
  readonly card: CardSource
}

/**
 * What Stripe knows and does not show: one table each too, named with a leading `~`. A record has
 * an `id`; where it belongs to one object it carries that object's id.
 */
export interface Records {
  /** The signing secret of a webhook endpoint, by the endpoint's id. */
  readonly '~webhook_secret': { readonly id: string; readonly secret: string }
}

export type TableName = keyof Tables
