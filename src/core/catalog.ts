/** The catalog: products → features, limits and policy. Plain data; the same shape as JSON or TypeScript. */

export type FeatureType = 'flag' | 'quantity' | 'metered' | 'credits'

export interface FeatureDefinition {
  readonly type: FeatureType
  /** Metered only: the Stripe meter's event name. */
  readonly meter?: string
  /** Quantity only: how several sources unite. @defaultValue 'sum' */
  readonly combine?: 'sum' | 'max'
  /** Lookup key of a feature of Stripe's own Entitlements that grants this one too. */
  readonly stripeFeature?: string
}

/** What a product gives of one feature. `"quantity"`: as many as were bought. */
export type GrantDefinition = true | number | 'quantity' | MeteredGrant | CreditsGrant

/** An amount included per billing period; calendar months (UTC) where nothing bills periodically. */
export interface MeteredGrant {
  /** Units; null: without limit. */
  readonly limit: number | null
  /** `"quantity"`: as many times over as were bought. */
  readonly per?: 'quantity'
  /** Beyond the limit: refuse, or go on and let Stripe bill it. @defaultValue 'block' */
  readonly overage?: 'block' | 'bill'
}

/** Units given once by a purchase, or anew in each billing period by a subscription. */
export interface CreditsGrant {
  readonly amount: number
  readonly per?: 'quantity'
  /**
   * Days they hold after they are given. Absent: until the period ends (subscription), for the
   * product's duration, or for good (purchase).
   */
  readonly expiresAfterDays?: number
}

export interface Policy {
  /** Serve while a delayed payment is under way; taken back on failure. @defaultValue false */
  readonly grantWhileProcessing: boolean
  /** @defaultValue 'grant' */
  readonly trial: 'grant' | 'deny'
  /** Days of grace from the failed invoice's finalisation or due date. @defaultValue 7 */
  readonly pastDueGraceDays: number
  /** Hours past the paid period in which the renewal may still be charged. @defaultValue 72 */
  readonly renewalWindowHours: number
  /** @defaultValue 'untilDue' */
  readonly sendInvoice: 'untilDue' | 'paidOnly'
  /** Days a debit may take to settle. @defaultValue 21 */
  readonly processingDays: number
  /** Hours that losses caused by the clock alone wait after an outage. @defaultValue 72 */
  readonly outageHoldHours: number
  /** @defaultValue 'keep' */
  readonly pauseCollection: 'keep' | 'suspend'
  /** A plan or quantity change whose money failed. @defaultValue 'keepOld' */
  readonly unpaidUpgrade: 'keepOld' | 'grantNew'
  /** @defaultValue 'revoke' */
  readonly oneTimeRefund: 'revoke' | 'keep'
  /** @defaultValue 'keep' */
  readonly partialRefund: 'revoke' | 'keep'
  /** @defaultValue 'keep' */
  readonly subscriptionRefund: 'revoke' | 'keep'
  /** @defaultValue 'suspend' */
  readonly dispute: 'suspend' | 'keep'
  /** Metadata key that holds the app's customer id. @defaultValue 'customer_id' */
  readonly customerIdMetadataKey: string
  /** `client_reference_id` on a Payment Link is the buyer's to choose. @defaultValue 'always' */
  readonly trustClientReferenceId: 'always' | 'exceptPaymentLinks' | 'never'
  /** Usage that comes in after its invoice is final: still reported to Stripe, or only listed. @defaultValue 'bill' */
  readonly lateUsage: 'bill' | 'drop'
}

/** Policies that a product may override; identity, outages and late usage are the catalog's alone. */
export type ProductPolicy = Omit<
  Policy,
  'customerIdMetadataKey' | 'trustClientReferenceId' | 'outageHoldHours' | 'lateUsage'
>

export interface ProductDefinition<F extends string = string> {
  readonly match?: {
    readonly products?: readonly string[]
    readonly prices?: readonly string[]
    readonly lookupKeys?: readonly string[]
  }
  readonly grants: { readonly [K in F]?: GrantDefinition }
  /** One-time purchases only; absent: for good. */
  readonly duration?: { readonly days: number }
  readonly policy?: Partial<ProductPolicy>
}

export interface CatalogDefinition<F extends string = string> {
  readonly features: { readonly [K in F]: FeatureDefinition }
  readonly products: { readonly [product: string]: ProductDefinition<NoInfer<F>> }
  readonly policy?: Partial<Policy>
}
