import { type Account, type EmitOptions, StripeObject } from './account.ts'
import type { Customer } from './customer.ts'
import type { Json } from './event.ts'
import type { Line } from './invoice-line.ts'
import { renderInvoice } from './invoice-payload.ts'
import { Payment } from './payment.ts'
import type { Subscription } from './subscription.ts'
import { DAY } from './time.ts'

export interface InvoiceFields {
  customer: Customer
  subscription?: Subscription
  reason: string
  lines: readonly Line[]
  /** Credit balance of the customer that pays part or all of it, minor units. */
  balance?: number
}

export class Invoice extends StripeObject {
  readonly id: string
  readonly fields: InvoiceFields
  readonly created: number
  readonly lineIds: readonly string[]
  /** What lines add up to, never below zero. */
  readonly total: number
  readonly amountDue: number
  status = 'draft'
  attemptCount = 0
  attempted = false
  amountPaid = 0
  nextPaymentAttempt: number | null = null
  finalizedAt: number | null = null
  paidAt: number | null = null
  voidedAt: number | null = null
  uncollectibleAt: number | null = null
  uncollectibleReason: string | null = null
  finalizationError: string | null = null
  payment: Payment | null = null

  constructor(account: Account, fields: InvoiceFields) {
    super(account)
    this.id = account.id('in')
    this.fields = fields
    this.created = account.now
    this.lineIds = fields.lines.map(() => account.id('il'))
    this.total = Math.max(
      0,
      fields.lines.reduce((sum, line) => sum + line.amount, 0),
    )
    this.amountDue = Math.max(0, this.total - (fields.balance ?? 0))
  }

  get sendsInvoice(): boolean {
    return this.fields.subscription?.collectionMethod === 'send_invoice'
  }

  get dueDate(): number | null {
    const days = this.fields.subscription?.daysUntilDue ?? null
    return this.sendsInvoice && days !== null ? this.created + days * DAY : null
  }

  draft(): this {
    return this.emit('invoice.created')
  }

  finalize(): this {
    this.status = 'open'
    this.finalizedAt = this.account.now
    this.emit('invoice.finalized')
    return this.sendsInvoice ? this.emit('invoice.sent') : this
  }

  failFinalization(): this {
    this.finalizationError = 'customer_tax_location_invalid'
    return this.emit('invoice.finalization_failed')
  }

  /** The PaymentIntent of this invoice, made at finalisation. */
  intent(): Payment {
    this.payment ??= new Payment(this.account, {
      customer: this.fields.customer,
      amount: this.amountDue,
      invoice: this.id,
    })
    return this.payment
  }

  /** Marks it paid and says so; money itself is the payment's story. */
  settle(): this {
    this.status = 'paid'
    this.finalizedAt ??= this.account.now
    this.paidAt = this.account.now
    this.amountPaid = this.amountDue
    this.attempted = true
    this.nextPaymentAttempt = null
    this.emit('invoice.paid').emit('invoice.payment_succeeded')
    return this.joinPayment('paid')
  }

  /** A card pays it at once; nothing is charged where nothing is due. */
  pay(): this {
    if (this.amountDue > 0) {
      this.intent().emit('payment_intent.created').succeed()
      this.attemptCount += 1
    }
    return this.settle()
  }

  /** Paid by cheque: no charge, no intent, no `payment_succeeded` (stripe-facts row 85). */
  payOutOfBand(): this {
    this.status = 'paid'
    this.paidAt = this.account.now
    this.amountPaid = this.amountDue
    return this.emit('invoice.paid')
  }

  /** A bank debit is under way: open, attempted, not failed. */
  process(): this {
    this.attempted = true
    this.attemptCount += 1
    this.intent().process()
    return this
  }

  /** The attempt failed. `retryAfter` seconds; null: retries are exhausted. */
  fail(retryAfter: number | null = 3 * DAY, options: EmitOptions = {}): this {
    // A debit that was under way has been counted when it began.
    if (this.payment?.status !== 'processing') this.attemptCount += 1
    this.intent().fail()
    this.attempted = true
    this.nextPaymentAttempt = retryAfter === null ? null : this.account.now + retryAfter
    return this.emit('invoice.payment_failed', options)
  }

  void(): this {
    this.status = 'void'
    this.voidedAt = this.account.now
    this.emit('invoice.voided')
    return this.payment === null ? this : this.joinPayment('canceled')
  }

  markUncollectible(reason = 'max_payment_attempts'): this {
    this.status = 'uncollectible'
    this.uncollectibleAt = this.account.now
    this.uncollectibleReason = reason
    return this.emit('invoice.marked_uncollectible')
  }

  /** The only join of payment and invoice that new payloads carry (stripe-facts §2.3). */
  private joinPayment(status: 'paid' | 'canceled'): this {
    if (this.account.shape === 'legacy' || this.payment === null) return this
    const payment = {
      id: this.account.id('inpay'),
      object: 'invoice_payment',
      amount_paid: status === 'paid' ? this.amountPaid : null,
      amount_requested: this.amountDue,
      created: this.finalizedAt ?? this.created,
      currency: 'usd',
      invoice: this.id,
      is_default: true,
      livemode: false,
      payment: { type: 'payment_intent', payment_intent: this.payment.id },
      status,
      status_transitions: {
        canceled_at: status === 'canceled' ? this.account.now : null,
        paid_at: status === 'paid' ? this.account.now : null,
      },
    }
    // Capture L1 shows it 14 s behind everything else (stripe-facts §1.0).
    this.account.emit(`invoice_payment.${status}`, payment, { at: this.account.now + 14 })
    return this
  }

  render(): Json {
    return renderInvoice(this)
  }
}
