import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { PaymentMethod } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { changeInstrument, instrumentOf } from '../payment-methods/instrument.ts'
import { attemptOf, changeAttempt } from './attempt-record.ts'

export interface Microdeposits {
  readonly amounts?: readonly number[] | undefined
  readonly descriptorCode?: string | undefined
}

/** Tries Stripe allows before it gives an account up. */
const TRIES = 10

/**
 * Checks what the customer read off their statement: 32 and 45, or SM11AA, verify the account
 * (docs.stripe.com/testing, ACH).
 * @throws {StripeError} 400 where it is not that, in the words Stripe has for each.
 */
export function verifyMicrodeposits(
  world: World,
  intent: string,
  method: PaymentMethod,
  given: Microdeposits,
): void {
  const said = given.descriptorCode ?? [...(given.amounts ?? [])].sort((a, b) => a - b).join(',')
  const tries = attemptOf(world, intent).microdepositTries + 1
  const code = (what: string) => `payment_method_microdeposit_${what}`
  if (said === '') {
    throw invalidRequest('Either amounts or descriptor_code must be provided.', {
      code: code('verification_amounts_invalid'),
    })
  }
  if (instrumentOf(world, method).behaviour.microdepositsFail === true) {
    throw invalidRequest('The microdeposits could not be sent to this account.', {
      code: code('failed'),
    })
  }
  if (said === '10,11' || said === 'SM33CC' || tries > TRIES) {
    throw invalidRequest('You have exceeded the number of allowed verification attempts.', {
      code: code('verification_attempts_exceeded'),
    })
  }
  if (said === '40,41' || said === 'SM44DD') {
    throw invalidRequest('The microdeposit verification has timed out.', {
      code: code('verification_timeout'),
    })
  }
  if (said !== '32,45' && said !== 'SM11AA') {
    changeAttempt(world, intent, { microdepositTries: tries })
    const byCode = given.descriptorCode !== undefined
    throw invalidRequest(
      byCode
        ? 'The descriptor code you provided does not match the one we sent to the bank account.'
        : 'The amounts provided do not match the amounts that were sent to the bank account.',
      { code: code(`verification_${byCode ? 'descriptor_code' : 'amounts'}_mismatch`) },
    )
  }
  changeInstrument(world, method, { verified: true })
}
