import { type Account, StripeObject } from './account.ts'
import type { Json } from './event.ts'

export interface CustomerFields {
  metadata?: Record<string, string>
  id?: string
}

export class Customer extends StripeObject {
  readonly id: string
  metadata: Record<string, string>
  defaultPaymentMethod: string | null = null
  readonly #created: number

  constructor(account: Account, fields: CustomerFields = {}) {
    super(account)
    this.id = fields.id ?? account.id('cus')
    this.metadata = fields.metadata ?? {}
    this.#created = account.now
  }

  render(): Json {
    return {
      id: this.id,
      object: 'customer',
      address: null,
      balance: 0,
      created: this.#created,
      currency: 'usd',
      default_source: null,
      delinquent: false,
      description: null,
      email: `${this.id}@example.com`,
      invoice_settings: {
        custom_fields: null,
        default_payment_method: this.defaultPaymentMethod,
        footer: null,
      },
      livemode: false,
      metadata: this.metadata,
      name: null,
      phone: null,
      tax_exempt: 'none',
      test_clock: null,
    }
  }

  update(changes: { metadata?: Record<string, string>; defaultPaymentMethod?: string }): this {
    return this.change('customer.updated', () => Object.assign(this, changes))
  }

  /** Attaches a card. */
  attachCard(): this {
    const id = this.account.id('pm')
    this.account.emit('payment_method.attached', {
      id,
      object: 'payment_method',
      card: { brand: 'visa', exp_month: 12, exp_year: 2030, last4: '4242' },
      created: this.account.now,
      customer: this.id,
      livemode: false,
      metadata: {},
      type: 'card',
    })
    return this
  }

  /** The event carries the customer as it was; only the type says it is gone. */
  delete(): this {
    return this.emit('customer.deleted')
  }

  /** Stripe's summary of active entitlements: the whole list, ten at most (stripe-facts row 92). */
  entitle(lookupKeys: readonly string[], previous?: readonly string[]): this {
    const list = (keys: readonly string[]) =>
      keys.slice(0, 10).map((key) => ({
        id: `ent_${this.id}_${key}`,
        object: 'entitlements.active_entitlement',
        feature: `feat_${key}`,
        livemode: false,
        lookup_key: key,
      }))
    this.account.emit(
      'entitlements.active_entitlement_summary.updated',
      {
        object: 'entitlements.active_entitlement_summary',
        customer: this.id,
        entitlements: {
          object: 'list',
          data: list(lookupKeys),
          has_more: lookupKeys.length > 10,
          url: `/v1/customer/${this.id}/entitlements`,
        },
        livemode: false,
      },
      previous === undefined ? {} : { previous: { entitlements: { data: list(previous) } } },
    )
    return this
  }
}
