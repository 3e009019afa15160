import { type Account, StripeObject } from './account.ts'
import type { Customer } from './customer.ts'
import type { Json } from './event.ts'
import { type Price, renderPrice } from './price.ts'
import { DAY, MINUTE } from './time.ts'

export interface CheckoutFields {
  mode: 'payment' | 'subscription' | 'setup'
  /** null: a guest. */
  customer: Customer | null
  items: readonly { price: Price; quantity?: number }[]
  clientReferenceId?: string
  metadata?: Record<string, string>
  paymentLink?: string
}

export class CheckoutSession extends StripeObject {
  readonly id: string
  readonly fields: CheckoutFields
  status = 'open'
  paymentStatus = 'unpaid'
  subscription: string | null = null
  invoice: string | null = null
  paymentIntent: string | null = null
  setupIntent: string | null = null
  /** What the buyer pays; minor units. */
  amountTotal: number
  readonly #created: number

  constructor(account: Account, fields: CheckoutFields) {
    super(account)
    this.id = account.id('cs')
    this.fields = fields
    // The buyer took two minutes to fill in the form.
    this.#created = account.now - 2 * MINUTE
    this.amountTotal = fields.items.reduce(
      (sum, item) => sum + item.price.unitAmount * (item.quantity ?? 1),
      0,
    )
  }

  complete(paymentStatus: 'paid' | 'unpaid' | 'no_payment_required'): this {
    this.status = 'complete'
    this.paymentStatus = paymentStatus
    return this.emit('checkout.session.completed')
  }

  /** The delayed payment arrived. */
  succeedLater(): this {
    this.paymentStatus = 'paid'
    return this.emit('checkout.session.async_payment_succeeded')
  }

  /** The delayed payment failed; the session itself does not change back (stripe-facts §0a). */
  failLater(): this {
    return this.emit('checkout.session.async_payment_failed')
  }

  expire(): this {
    this.status = 'expired'
    return this.emit('checkout.session.expired')
  }

  /** An API read with `line_items` expanded: webhooks never carry them. */
  read(): this {
    const lineItems = {
      object: 'list',
      data: this.fields.items.map((item, index) => ({
        id: `li_${this.id}_${String(index + 1)}`,
        object: 'item',
        amount_total: item.price.unitAmount * (item.quantity ?? 1),
        currency: 'usd',
        price: renderPrice(item.price, this.account.shape),
        quantity: item.quantity ?? 1,
      })),
      has_more: false,
    }
    this.account.read('checkout_session', this.id, { ...this.render(), line_items: lineItems })
    return this
  }

  render(): Json {
    const { mode, customer } = this.fields
    const isSetup = mode === 'setup'
    return {
      id: this.id,
      object: 'checkout.session',
      amount_subtotal: isSetup ? null : this.amountTotal,
      amount_total: isSetup ? null : this.amountTotal,
      client_reference_id: this.fields.clientReferenceId ?? null,
      created: this.#created,
      currency: isSetup ? null : 'usd',
      customer: customer?.id ?? null,
      customer_details: { email: `${this.id}@example.com`, name: null, phone: null },
      customer_email: null,
      expires_at: this.#created + DAY,
      invoice: this.invoice,
      livemode: false,
      metadata: this.fields.metadata ?? {},
      mode,
      payment_intent: this.paymentIntent,
      payment_link: this.fields.paymentLink ?? null,
      payment_method_types: ['card'],
      payment_status: this.paymentStatus,
      setup_intent: this.setupIntent,
      status: this.status,
      subscription: this.subscription,
      url: null,
    }
  }
}
