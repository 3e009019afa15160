import type { z } from 'zod'
import type { PaymentIntent } from '../../tables.ts'
import { withAddress } from '../payment-methods/payment-method-params.ts'
import type { shipping } from './payment-intent-params.ts'

export function shippingOf(
  given: z.output<typeof shipping> | null | undefined,
): PaymentIntent['shipping'] {
  if (given === null || given === undefined) return null
  return {
    address: withAddress(given.address),
    carrier: given.carrier ?? null,
    name: given.name,
    phone: given.phone ?? null,
    tracking_number: given.tracking_number ?? null,
  }
}
