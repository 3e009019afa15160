import type { PaymentIntent, PaymentMethod } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { insertCharge } from '../charges/insert-charge.ts'
import type { Decline } from '../payment-methods/behaviour.ts'
import { errorFor } from './payment-error.ts'

/** The bank, or Stripe before it, says no: a failed charge, and the intent waits for another means. */
export function declinePayment(
  world: World,
  intent: PaymentIntent,
  method: PaymentMethod,
  decline: Decline,
  authentication: 'challenge' | 'frictionless' | null = null,
): PaymentIntent {
  const charge = insertCharge(world, {
    intent,
    paymentMethod: method,
    status: 'failed',
    captured: false,
    decline,
    circumstances: { authentication },
  })
  return failPayment(world, intent, {
    error: errorFor(decline, method, charge.id),
    charge: charge.id,
  })
}

/** The end of an attempt that brought nothing. With a charge, that one has failed and is told first. */
export function failPayment(
  world: World,
  intent: PaymentIntent,
  why: {
    readonly error: NonNullable<PaymentIntent['last_payment_error']>
    readonly charge: string | null
  },
): PaymentIntent {
  const failed = world.patch('payment_intent', intent.id, {
    status: 'requires_payment_method',
    payment_method: null,
    next_action: null,
    last_payment_error: why.error,
    ...(why.charge === null ? {} : { latest_charge: why.charge }),
  })
  if (why.charge !== null) world.emit('charge.failed', world.must('charge', why.charge))
  world.emit('payment_intent.payment_failed', failed)
  world.signal('payment_intent.settled', { id: intent.id, outcome: 'failed' })
  return world.must('payment_intent', intent.id)
}
