import type { PaymentMethod } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { PLAIN, PLAIN_DEBIT, type Behaviour } from './behaviour.ts'

/** What stands behind a payment method (or the `card_…` of a source), by its id. */
export interface Instrument {
  readonly id: string
  readonly behaviour: Behaviour
  /** The customer authenticated it for payments without them. */
  readonly setUp: boolean
  /** A US account that micro-deposits or an instant check have verified; true for all others. */
  readonly verified: boolean
  /** Used without a customer or detached from one: it cannot be attached again. */
  readonly spent: boolean
  /** The mandate that covers its debits, once there is one. */
  readonly mandate: string | null
}

export function instrumentOf(world: World, paymentMethod: PaymentMethod): Instrument {
  return (
    world.get('~instrument', paymentMethod.id) ?? {
      id: paymentMethod.id,
      behaviour: paymentMethod.type === 'card' ? PLAIN : PLAIN_DEBIT,
      setUp: false,
      verified: true,
      spent: false,
      mandate: null,
    }
  )
}

export function changeInstrument(
  world: World,
  paymentMethod: PaymentMethod,
  fields: Partial<Omit<Instrument, 'id'>>,
): Instrument {
  return world.insert('~instrument', { ...instrumentOf(world, paymentMethod), ...fields })
}
