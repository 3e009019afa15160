import { type Account, StripeObject } from './account.ts'
import type { Json } from './event.ts'
import type { Payment } from './payment.ts'

export class Refund extends StripeObject {
  readonly id: string
  readonly payment: Payment
  readonly amount: number
  status = 'pending'
  readonly #created: number

  constructor(account: Account, payment: Payment, amount: number) {
    super(account)
    this.id = account.id('re')
    this.payment = payment
    this.amount = amount
    this.#created = account.now
  }

  open(status: string): this {
    this.status = status
    this.payment.settledCharge.amountRefunded += this.amount
    this.emit('refund.created')
    this.payment.settledCharge.emit('charge.refunded')
    return this
  }

  /** The bank sent it back: the charge shows less refunded again (stripe-facts row 76). */
  fail(): this {
    this.payment.settledCharge.amountRefunded -= this.amount
    this.change('refund.updated', () => {
      this.status = 'failed'
    })
    return this.emit('refund.failed')
  }

  render(): Json {
    return {
      id: this.id,
      object: 'refund',
      amount: this.amount,
      charge: this.payment.settledCharge.id,
      created: this.#created,
      currency: 'usd',
      metadata: {},
      payment_intent: this.payment.id,
      reason: null,
      status: this.status,
    }
  }
}

export class Dispute extends StripeObject {
  readonly id: string
  readonly payment: Payment
  status = 'needs_response'
  readonly #created: number

  constructor(account: Account, payment: Payment) {
    super(account)
    this.id = account.id('dp')
    this.payment = payment
    this.#created = account.now
  }

  open(status: string): this {
    this.status = status
    this.payment.settledCharge.isDisputed = true
    return this.emit('charge.dispute.created')
  }

  update(status: string): this {
    return this.change('charge.dispute.updated', () => {
      this.status = status
    })
  }

  /** won | lost | warning_closed | prevented */
  close(status: string): this {
    this.status = status
    return this.emit('charge.dispute.closed')
  }

  render(): Json {
    return {
      id: this.id,
      object: 'dispute',
      amount: this.payment.amount,
      charge: this.payment.settledCharge.id,
      created: this.#created,
      currency: 'usd',
      is_charge_refundable: this.status.startsWith('warning'),
      livemode: false,
      metadata: {},
      payment_intent: this.payment.id,
      reason: 'fraudulent',
      status: this.status,
    }
  }
}
