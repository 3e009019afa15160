import type { z } from 'zod'
import type { PaymentIntent } from '../../tables.ts'
import { bankTransferType } from './next-action.ts'
import type { methodOptions } from './payment-intent-params.ts'

type Options = NonNullable<PaymentIntent['payment_method_options']>

/** What the request asks for, on top of what the object says already. */
export function withOptions(
  options: PaymentIntent['payment_method_options'],
  given: z.output<typeof methodOptions> | undefined,
  currency: string,
): PaymentIntent['payment_method_options'] {
  if (given === undefined) return options
  const {
    card,
    sepa_debit: sepa,
    bacs_debit: bacs,
    us_bank_account: us,
    customer_balance: balance,
  } = given
  return {
    ...options,
    ...(card === undefined
      ? {}
      : {
          card: {
            installments: null,
            mandate_options: null,
            network: null,
            request_three_d_secure: 'automatic' as const,
            ...options?.card,
            ...(shown(card, [
              'request_three_d_secure',
              'capture_method',
              'setup_future_usage',
            ]) as Partial<NonNullable<Options['card']>>),
          },
        }),
    ...(sepa === undefined
      ? {}
      : { sepa_debit: { ...options?.sepa_debit, ...(sepa as Options['sepa_debit']) } }),
    ...(bacs === undefined
      ? {}
      : { bacs_debit: { ...options?.bacs_debit, ...(bacs as Options['bacs_debit']) } }),
    ...(us === undefined
      ? {}
      : {
          us_bank_account: { ...options?.us_bank_account, ...(us as Options['us_bank_account']) },
        }),
    ...(balance === undefined
      ? {}
      : {
          customer_balance: {
            bank_transfer: { type: bankTransferType(currency) },
            funding_type: 'bank_transfer' as const,
          },
        }),
  }
}

function shown(given: Readonly<Record<string, unknown>>, names: readonly string[]) {
  return Object.fromEntries(
    names.filter((name) => given[name] !== undefined).map((name) => [name, given[name]]),
  )
}
