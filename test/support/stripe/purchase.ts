import type { Account } from './account.ts'
import { CheckoutSession } from './checkout.ts'
import type { Customer } from './customer.ts'
import { Payment } from './payment.ts'
import type { Price } from './price.ts'

export interface Purchase {
  session: CheckoutSession
  payment: Payment
}

export interface PurchaseFields {
  customer: Customer | null
  price: Price
  quantity?: number
  clientReferenceId?: string
  metadata?: Record<string, string>
  paymentLink?: string
  manualCapture?: boolean
}

/** A one-time purchase at Checkout up to the moment the buyer presses pay. */
export function openPurchase(account: Account, fields: PurchaseFields): Purchase {
  const { price, quantity = 1, customer, manualCapture, ...rest } = fields
  const items = [{ price, quantity }]
  const session = new CheckoutSession(account, { mode: 'payment', customer, items, ...rest })
  const payment = new Payment(account, {
    customer,
    amount: session.amountTotal,
    manualCapture: manualCapture ?? false,
  })
  session.paymentIntent = payment.id
  return { session, payment }
}

/** A card pays once; a read two seconds later tells what was bought. */
export function buyByCard(account: Account, fields: PurchaseFields): Purchase {
  const purchase = openPurchase(account, fields)
  purchase.payment.emit('payment_intent.created').succeed()
  purchase.session.complete('paid')
  account.wait(2)
  purchase.session.read()
  return purchase
}
