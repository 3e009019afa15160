import type { World } from '../../world/world.ts'

/** What an intent was asked to do and its object does not tell, by the intent's id. */
export interface AttemptRecord {
  readonly id: string
  /** The invoice it pays. */
  readonly invoice: string | null
  /** The Checkout Session it belongs to. */
  readonly checkoutSession: string | null
  /** The attempt under way was made without the customer. */
  readonly offSession: boolean
  readonly returnUrl: string | null
  /** Where this sandbox is reached, as the last request for the intent found it; '' if by none. */
  readonly baseUrl: string
  /** A customer's authentication waits for the server's confirmation (`confirmation_method` manual). */
  readonly authenticated: boolean
  readonly microdepositTries: number
}

export function attemptOf(world: World, id: string): AttemptRecord {
  return (
    world.get('~attempt', id) ?? {
      id,
      invoice: null,
      checkoutSession: null,
      offSession: false,
      returnUrl: null,
      baseUrl: '',
      authenticated: false,
      microdepositTries: 0,
    }
  )
}

export function changeAttempt(
  world: World,
  id: string,
  fields: Partial<Omit<AttemptRecord, 'id'>>,
): AttemptRecord {
  return world.insert('~attempt', { ...attemptOf(world, id), ...fields })
}
