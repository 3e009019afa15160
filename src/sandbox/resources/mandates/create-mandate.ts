import type { Mandate, PaymentMethod } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { changeInstrument, instrumentOf } from '../payment-methods/instrument.ts'

export interface MandateInput {
  readonly paymentMethod: PaymentMethod
  readonly customer: string | null
  readonly acceptance?: Mandate['customer_acceptance'] | undefined
  /** For one payment only. */
  readonly single?: { readonly amount: number; readonly currency: string } | undefined
}

/** The mandate that covers a bank account's debits: the one there is, or a new one. */
export function mandateFor(world: World, input: MandateInput): Mandate | null {
  const { paymentMethod, customer } = input
  const details = detailsOf(world, paymentMethod)
  if (details === null) return null
  const instrument = instrumentOf(world, paymentMethod)
  const known = world.get('mandate', instrument.mandate)
  if (known?.status === 'active') return known
  const refused = instrument.behaviour.mandate === 'refused'
  const mandate = world.insert('mandate', {
    id: world.id('mandate'),
    object: 'mandate',
    customer_acceptance: input.acceptance ?? {
      accepted_at: world.now(customer),
      offline: {},
      type: 'offline',
    },
    livemode: false,
    ...(input.single === undefined ? { multi_use: {} } : { single_use: input.single }),
    payment_method: paymentMethod.id,
    payment_method_details: details,
    status: 'active',
    type: input.single === undefined ? 'multi_use' : 'single_use',
  })
  changeInstrument(world, paymentMethod, { mandate: mandate.id })
  return refused ? endMandate(world, mandate.id, 'refused') : mandate
}

/** The bank or the customer ended it. Emits mandate.updated. */
export function endMandate(world: World, id: string, how: 'refused' | 'revoked'): Mandate {
  const mandate = world.must('mandate', id)
  const { bacs_debit: bacs, ...others } = mandate.payment_method_details
  return world.change(
    'mandate',
    id,
    {
      status: 'inactive',
      payment_method_details:
        bacs === undefined
          ? others
          : {
              ...others,
              bacs_debit: {
                ...bacs,
                network_status: how,
                revocation_reason: how === 'revoked' ? 'debit_not_authorized' : null,
              },
            },
    },
    'mandate.updated',
  )
}

function detailsOf(
  world: World,
  { type }: PaymentMethod,
): Mandate['payment_method_details'] | null {
  const reference = world.random.text(16).toUpperCase()
  const url = `https://hooks.stripe.com/adapter/${type}/mandate/${reference}`
  switch (type) {
    case 'sepa_debit':
      return { type, sepa_debit: { reference, url } }
    case 'bacs_debit':
      return {
        type,
        bacs_debit: {
          display_name: null,
          network_status: 'accepted',
          reference,
          revocation_reason: null,
          service_user_number: null,
          url,
        },
      }
    case 'au_becs_debit':
      return { type, au_becs_debit: { url } }
    case 'us_bank_account':
      return { type, us_bank_account: {} }
    default:
      return null
  }
}
