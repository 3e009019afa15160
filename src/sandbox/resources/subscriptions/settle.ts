import type { Invoice, PaymentIntent } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { payInvoice } from '../invoices/pay-invoice.ts'
import { noteOf } from './change-subscription.ts'
import { paymentMethodOf } from './payment-method.ts'

export interface Settlement {
  readonly outcome: 'paid' | 'processing' | 'failed'
  readonly paymentIntent: PaymentIntent | null
}

/**
 * Takes an invoice's money within an operation on its subscription, which then decides what the
 * outcome means: reactions keep still meanwhile.
 */
export function settle(
  world: World,
  subscription: string,
  invoice: Invoice,
  offSession: boolean,
): Settlement {
  const payer = world.must('subscription', subscription)
  const method = paymentMethodOf(world, payer)
  return withoutReactions(world, subscription, () => {
    const { invoice: after, paymentIntent } = payInvoice(world, invoice.id, {
      ...(method === null ? {} : { paymentMethod: method }),
      offSession,
    })
    const outcome =
      after.status === 'paid'
        ? 'paid'
        : paymentIntent?.status === 'processing'
          ? 'processing'
          : 'failed'
    return { outcome, paymentIntent }
  })
}

/** Runs what moves a subscription's invoices without the subscription drawing its own conclusions. */
export function withoutReactions<T>(world: World, subscription: string, run: () => T): T {
  noteOf(world, subscription, { settling: true })
  try {
    return run()
  } finally {
    noteOf(world, subscription, { settling: false })
  }
}
