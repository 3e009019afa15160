import { invalidRequest } from '../../protocol/stripe-error.ts'
import { mergeMetadata } from '../../protocol/parameters.ts'
import type { Customer } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { adjustBalance } from './adjust-balance.ts'
import { changeCustomer } from './change-customer.ts'
import { dropDiscount, giveDiscount } from './customer-discount.ts'
import type { CustomerFields } from './customer-fields.ts'

export interface CustomerUpdate extends Omit<CustomerFields, 'metadata' | 'tax_exempt'> {
  readonly balance?: number | undefined
  /** Null takes the discount away. */
  readonly coupon?: string | null | undefined
  readonly promotion_code?: string | null | undefined
  readonly default_source?: string | undefined
  readonly invoice_settings?: { readonly [field: string]: unknown } | undefined
  readonly metadata?: Readonly<Record<string, string>> | null | undefined
  readonly source?: string | undefined
  readonly tax?: unknown
  readonly tax_exempt?: 'exempt' | 'none' | 'reverse' | null | undefined
}

/**
 * Changes a customer: `customer.updated`, and the discount's own event where that changes.
 * @throws {StripeError} where the default payment method is not the customer's.
 */
export function updateCustomer(world: World, id: string, update: CustomerUpdate): Customer {
  const before = world.must('customer', id)
  const {
    balance,
    coupon,
    promotion_code: code,
    default_source: source,
    invoice_settings: settings,
    metadata,
    source: _source,
    tax: _tax,
    tax_exempt: exempt,
    ...fields
  } = update
  checkMethod(world, id, settings?.['default_payment_method'])
  if (source !== undefined) checkMethod(world, id, source, 'default_source')
  changeCustomer(world, id, {
    ...(Object.fromEntries(
      Object.entries(fields).filter(([, value]) => value !== undefined),
    ) as Partial<Customer>),
    ...(settings === undefined
      ? {}
      : {
          invoice_settings: {
            ...before.invoice_settings,
            ...(settings as Partial<Customer['invoice_settings']>),
          },
        }),
    ...(source === undefined ? {} : { default_source: source }),
    ...(exempt === undefined ? {} : { tax_exempt: exempt ?? 'none' }),
    metadata: mergeMetadata(before.metadata, metadata),
  })
  if (balance !== undefined && balance !== before.balance) {
    adjustBalance(world, id, { amount: balance - before.balance, type: 'adjustment' })
  }
  if (coupon === null || code === null) dropDiscount(world, id)
  else if (coupon !== undefined || code !== undefined) {
    giveDiscount(world, id, { coupon, promotion_code: code })
  }
  return world.must('customer', id)
}

function checkMethod(
  world: World,
  customer: string,
  id: unknown,
  param = 'invoice_settings[default_payment_method]',
): void {
  if (typeof id !== 'string') return
  const method = world.get('payment_method', id) ?? world.get('card', id)
  if (method === undefined) {
    throw invalidRequest(`No such PaymentMethod: '${id}'`, { code: 'resource_missing', param })
  }
  if (method.customer !== customer) {
    throw invalidRequest(
      `The customer does not have a payment method with the ID ${id}. The payment method must be attached to the customer.`,
      { code: 'resource_missing', param },
    )
  }
}
