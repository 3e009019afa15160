import { type Account, StripeObject } from './account.ts'
import type { Customer } from './customer.ts'
import type { Json } from './event.ts'
import { Dispute, Refund } from './money-back.ts'

export interface PaymentFields {
  customer: Customer | null
  amount: number
  /** The invoice it pays; named in the payload by `legacy` only (stripe-facts §2.3). */
  invoice?: string
  metadata?: Record<string, string>
  manualCapture?: boolean
}

/** A PaymentIntent and the charge of its latest attempt. */
export class Payment extends StripeObject {
  readonly id: string
  readonly customer: Customer | null
  readonly amount: number
  readonly metadata: Record<string, string>
  readonly isManual: boolean
  invoice: string | null
  status = 'requires_payment_method'
  charge: Charge | null = null
  hasError = false
  readonly #created: number

  constructor(account: Account, fields: PaymentFields) {
    super(account)
    this.id = account.id('pi')
    this.customer = fields.customer
    this.amount = fields.amount
    this.invoice = fields.invoice ?? null
    this.metadata = fields.metadata ?? {}
    this.isManual = fields.manualCapture ?? false
    this.#created = account.now
  }

  render(): Json {
    return {
      id: this.id,
      object: 'payment_intent',
      amount: this.amount,
      amount_capturable: this.status === 'requires_capture' ? this.amount : 0,
      amount_received: this.status === 'succeeded' ? this.amount : 0,
      canceled_at: this.status === 'canceled' ? this.account.now : null,
      capture_method: this.isManual ? 'manual' : 'automatic',
      created: this.#created,
      currency: 'usd',
      customer: this.customer?.id ?? null,
      ...(this.account.shape === 'legacy' ? { invoice: this.invoice } : {}),
      last_payment_error: this.hasError ? { code: 'card_declined', type: 'card_error' } : null,
      latest_charge: this.charge?.id ?? null,
      livemode: false,
      metadata: this.metadata,
      status: this.status,
    }
  }

  /** Goes through at once, as cards do. */
  succeed(): this {
    this.begin('succeeded')
    this.status = 'succeeded'
    this.hasError = false
    this.charge?.emit('charge.succeeded')
    return this.emit('payment_intent.succeeded')
  }

  /** A bank debit that takes days to settle. */
  process(): this {
    this.begin('pending')
    this.status = 'processing'
    this.emit('payment_intent.processing')
    this.charge?.emit('charge.pending')
    return this
  }

  /** Settles what was being processed. */
  settle(): this {
    this.status = 'succeeded'
    if (this.charge !== null) this.charge.status = 'succeeded'
    this.charge?.emit('charge.succeeded')
    return this.emit('payment_intent.succeeded')
  }

  fail(): this {
    if (this.charge === null || this.charge.status !== 'pending') this.begin('failed')
    if (this.charge !== null) this.charge.status = 'failed'
    this.status = 'requires_payment_method'
    this.hasError = true
    this.charge?.emit('charge.failed')
    return this.emit('payment_intent.payment_failed')
  }

  /** Authorised only: the money has not moved. */
  authorize(): this {
    this.begin('succeeded')
    if (this.charge !== null) this.charge.isCaptured = false
    this.status = 'requires_capture'
    this.charge?.emit('charge.succeeded')
    return this.emit('payment_intent.amount_capturable_updated')
  }

  capture(): this {
    if (this.charge !== null) this.charge.isCaptured = true
    this.status = 'succeeded'
    this.charge?.emit('charge.captured')
    return this.emit('payment_intent.succeeded')
  }

  cancel(): this {
    this.status = 'canceled'
    return this.emit('payment_intent.canceled')
  }

  /** Gives money back; `amount` in minor units, absent: all of it. */
  refund(amount = this.amount, status = 'succeeded'): Refund {
    return new Refund(this.account, this, amount).open(status)
  }

  dispute(status = 'needs_response'): Dispute {
    return new Dispute(this.account, this).open(status)
  }

  get settledCharge(): Charge {
    if (this.charge === null) throw new Error(`${this.id} was never attempted`)
    return this.charge
  }

  private begin(status: string): void {
    this.charge = new Charge(this.account, this, status)
  }
}

export class Charge extends StripeObject {
  readonly id: string
  readonly payment: Payment
  status: string
  amountRefunded = 0
  isDisputed = false
  isCaptured = true
  readonly #created: number

  constructor(account: Account, payment: Payment, status: string) {
    super(account)
    this.id = account.id('ch')
    this.payment = payment
    this.status = status
    this.#created = account.now
  }

  render(): Json {
    return {
      id: this.id,
      object: 'charge',
      amount: this.payment.amount,
      amount_captured: this.isCaptured && this.status === 'succeeded' ? this.payment.amount : 0,
      amount_refunded: this.amountRefunded,
      captured: this.isCaptured && this.status === 'succeeded',
      created: this.#created,
      currency: 'usd',
      customer: this.payment.customer?.id ?? null,
      disputed: this.isDisputed,
      failure_code: this.status === 'failed' ? 'card_declined' : null,
      ...(this.account.shape === 'legacy' ? { invoice: this.payment.invoice } : {}),
      livemode: false,
      metadata: this.payment.metadata,
      paid: this.status === 'succeeded',
      payment_intent: this.payment.id,
      refunded: this.amountRefunded >= this.payment.amount,
      status: this.status,
    }
  }
}
