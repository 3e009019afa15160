import { invalidRequest, type StripeError } from '../../protocol/stripe-error.ts'
import { inParameter } from '../../protocol/find.ts'
import type { Charge, Refund } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { createBalanceTransaction } from '../balance-transactions/create-balance-transaction.ts'
import { instrumentOf } from '../payment-methods/instrument.ts'
import { isWithdrawn } from '../disputes/move-funds.ts'
import { afterRefund } from '../radar/after-refund.ts'
import { money } from './money.ts'

export interface RefundInput {
  readonly charge?: string | undefined
  readonly paymentIntent?: string | undefined
  /** Minor units; absent: all that is left. */
  readonly amount?: number | undefined
  readonly reason?: Refund['reason'] | undefined
  readonly metadata?: Readonly<Record<string, string>> | undefined
}

/**
 * Gives money of a charge back (stripe-facts rows 74 to 76). Emits refund.created, charge.refunded.
 * @throws {StripeError} 400 where there is no such charge, or not as much left of it.
 */
export function createRefund(world: World, input: RefundInput): Refund {
  const charge = chargeOf(world, input)
  const left = charge.amount_captured - charge.amount_refunded
  const amount = input.amount ?? left
  refuseDisputed(world, charge)
  refuseTooMuch(charge, amount, left)
  const starts = startOf(world, charge)
  const refund = insertRefund(world, { charge, amount, input, status: starts.status })
  const refunded = charge.amount_refunded + amount
  const changed = world.patch('charge', charge.id, {
    amount_refunded: refunded,
    refunded: refunded >= charge.amount_captured,
  })
  world.emit('refund.created', refund)
  world.emit('charge.refunded', changed)
  afterRefund(world, charge.id, input.reason === 'fraudulent')
  if (starts.changes) {
    world.schedule(charge.customer, {
      at: world.now(charge.customer) + world.settings.refundSeconds,
      name: 'refund.settle',
      id: refund.id,
    })
  }
  return refund
}

function chargeOf(world: World, input: RefundInput): Charge {
  if (input.charge !== undefined) return inParameter(world, 'charge', input.charge, 'charge')
  if (input.paymentIntent === undefined) {
    throw invalidRequest(
      'One of the following params should be provided for this request: payment_intent or charge.',
    )
  }
  const intent = inParameter(world, 'payment_intent', input.paymentIntent, 'payment_intent')
  const charge = world.get('charge', intent.latest_charge)
  if (intent.status !== 'succeeded' || charge === undefined) {
    throw invalidRequest(
      `This PaymentIntent (${intent.id}) does not have a successful charge to refund.`,
      { param: 'payment_intent' },
    )
  }
  return charge
}

/** While the bank has the money back there is nothing to refund; an inquiry hinders nobody. */
function refuseDisputed(world: World, charge: Charge): void {
  if (!world.where('dispute', 'charge', charge.id).some(isWithdrawn)) return
  throw invalidRequest(`Charge ${charge.id} has been charged back; cannot issue a refund.`, {
    code: 'charge_disputed',
  })
}

function refuseTooMuch(charge: Charge, amount: number, left: number): void {
  const refuse = (message: string, more: { code?: string; param?: string } = {}): StripeError =>
    invalidRequest(message, more)
  if (charge.refunded) {
    throw refuse(`Charge ${charge.id} has already been refunded.`, {
      code: 'charge_already_refunded',
    })
  }
  if (charge.status === 'failed' || !charge.captured) {
    throw refuse(
      `Charge ${charge.id} cannot be refunded: ${charge.status === 'failed' ? 'it failed' : 'it has not been captured; cancel its PaymentIntent instead'}.`,
      { code: 'charge_not_refundable' },
    )
  }
  if (charge.status === 'pending') {
    throw refuse(`Charge ${charge.id} is still pending and cannot be refunded yet.`, {
      code: 'charge_not_refundable',
    })
  }
  if (amount < 1) {
    throw refuse('Invalid positive integer', { code: 'parameter_invalid_integer', param: 'amount' })
  }
  if (amount > left) {
    const what = charge.amount_refunded === 0 ? 'charge amount' : 'unrefunded amount on charge'
    throw refuse(
      `Refund amount (${money(amount, charge.currency)}) is greater than ${what} (${money(left, charge.currency)})`,
      { code: 'amount_too_large', param: 'amount' },
    )
  }
}

/** Cards refund at once unless their test number says otherwise; banks take their time. */
function startOf(
  world: World,
  charge: Charge,
): { readonly status: 'pending' | 'succeeded'; readonly changes: boolean } {
  const method = world.get('payment_method', charge.payment_method)
  const how = method === undefined ? undefined : instrumentOf(world, method).behaviour.refund
  if (how === 'fails') return { status: 'succeeded', changes: true }
  const takesTime = how === 'pending' || (method !== undefined && method.type !== 'card')
  return takesTime ? { status: 'pending', changes: true } : { status: 'succeeded', changes: false }
}

function insertRefund(
  world: World,
  {
    charge,
    amount,
    input,
    status,
  }: {
    readonly charge: Charge
    readonly amount: number
    readonly input: RefundInput
    readonly status: 'pending' | 'succeeded'
  },
): Refund {
  const isCard = charge.payment_method_details?.type === 'card'
  const id = world.id(isCard ? 're' : 'pyr')
  const transaction = createBalanceTransaction(world, {
    amount: -amount,
    currency: charge.currency,
    type: isCard ? 'refund' : 'payment_refund',
    reportingCategory: 'refund',
    source: id,
    customer: charge.customer,
    description: 'REFUND FOR CHARGE',
  })
  return world.insert('refund', {
    id,
    object: 'refund',
    amount,
    balance_transaction: transaction.id,
    charge: charge.id,
    created: world.now(charge.customer),
    currency: charge.currency,
    customer: charge.customer,
    customer_account: null,
    ...(isCard
      ? {
          destination_details: {
            card: {
              reference_status: 'pending',
              reference_type: 'acquirer_reference_number',
              type: 'refund',
            },
            type: 'card',
          },
        }
      : {}),
    metadata: input.metadata ?? {},
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    ...(status === 'pending' ? { pending_reason: 'processing' as const } : {}),
    reason: input.reason ?? null,
    receipt_number: null,
    source_transfer_reversal: null,
    status,
    transfer_reversal: null,
  })
}
