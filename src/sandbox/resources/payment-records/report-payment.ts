import { inParameter } from '../../protocol/find.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { PaymentRecord } from '../../tables.ts'
import type { World } from '../../world/world.ts'

export interface ReportedPayment {
  readonly amount_requested: { readonly currency: string; readonly value: number }
  readonly payment_method_details: {
    readonly custom?:
      { readonly display_name?: string | undefined; readonly type?: string | undefined } | undefined
    readonly payment_method?: string | undefined
  }
  readonly customer_details?:
    | {
        readonly customer?: string | undefined
        readonly email?: string | undefined
        readonly name?: string | undefined
        readonly phone?: string | undefined
      }
    | undefined
  readonly customer_presence?: 'off_session' | 'on_session' | undefined
  readonly description?: string | undefined
  readonly metadata?: Readonly<Record<string, string>> | null | undefined
  readonly outcome?: 'canceled' | 'failed' | 'guaranteed' | undefined
  readonly processor_details?:
    { readonly custom?: { readonly payment_reference: string } | undefined } | undefined
}

/**
 * Records what another processor did; Stripe itself moves no money (stripe-facts row 49).
 * @throws {StripeError} 400 where the payment method is none of that kind.
 */
export function reportPayment(world: World, input: ReportedPayment): PaymentRecord {
  const { currency, value } = input.amount_requested
  const worth = (outcome?: ReportedPayment['outcome']) => ({
    currency,
    value: outcome === undefined || outcome === input.outcome ? value : 0,
  })
  const none = { currency, value: 0 }
  const { customer_details: customer } = input
  return world.insert('payment_record', {
    id: world.id('pr'),
    object: 'payment_record',
    amount: worth(),
    amount_authorized: none,
    amount_canceled: worth('canceled'),
    amount_failed: worth('failed'),
    amount_guaranteed: worth('guaranteed'),
    amount_refunded: none,
    amount_requested: worth(),
    application: null,
    created: world.now(customer?.customer),
    customer_details:
      customer === undefined
        ? null
        : {
            customer: customer.customer ?? null,
            email: customer.email ?? null,
            name: customer.name ?? null,
            phone: customer.phone ?? null,
          },
    customer_presence: input.customer_presence ?? null,
    description: input.description ?? null,
    latest_payment_attempt_record: world.id('par'),
    livemode: false,
    metadata: input.metadata ?? {},
    payment_method_details: detailsOf(world, input.payment_method_details),
    processor_details: {
      ...(input.processor_details?.custom === undefined
        ? {}
        : { custom: input.processor_details.custom }),
      type: 'custom',
    },
    reported_by: 'self',
    shipping_details: null,
  })
}

function detailsOf(
  world: World,
  { custom, payment_method: id }: ReportedPayment['payment_method_details'],
): PaymentRecord['payment_method_details'] {
  const param = 'payment_method_details[payment_method]'
  const method = id === undefined ? undefined : inParameter(world, 'payment_method', id, param)
  if (method !== undefined && method.type !== 'custom') {
    throw invalidRequest(`A payment by ${method.type} is Stripe's own: it cannot be reported.`, {
      param,
    })
  }
  return {
    billing_details: null,
    custom: {
      display_name: custom?.display_name ?? method?.custom?.display_name ?? 'Custom payment method',
      type: custom?.type ?? method?.custom?.type ?? null,
    },
    payment_method: method?.id ?? null,
    type: 'custom',
  }
}
