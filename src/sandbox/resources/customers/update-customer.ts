import { invalidRequest } from '../../protocol/stripe-error.ts'
import { mergeMetadata } from '../../protocol/parameters.ts'
import type { Customer } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { addSource } from '../customer-sources/add-source.ts'
import { payInvoice } from '../invoices/pay-invoice.ts'
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
    source: token,
    tax_exempt: exempt,
    ...fields
  } = update
  checkMethod(world, id, settings?.['default_payment_method'])
  if (source !== undefined) checkMethod(world, id, source, 'default_source')
  const added = token === undefined ? undefined : addSource(world, id, token)
  changeCustomer(world, id, {
    ...(Object.fromEntries(
      Object.entries(fields).filter(([, value]) => value !== undefined),
    ) as Partial<Customer>),
    ...unsetNames(fields),
    ...(settings === undefined
      ? {}
      : {
          invoice_settings: {
            ...before.invoice_settings,
            ...(settings as Partial<Customer['invoice_settings']>),
          },
        }),
    ...defaultSource(added?.id ?? source),
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
  if (added !== undefined) retryPastDue(world, id)
  return world.must('customer', id)
}

/** Names that are unset are absent: the others of a customer's fields are null. */
function unsetNames(fields: CustomerFields): Partial<Customer> {
  return Object.fromEntries(
    (['business_name', 'individual_name'] as const)
      .filter((field) => fields[field] === null)
      .map((field) => [field, undefined]),
  )
}

function defaultSource(id: string | undefined): Partial<Customer> {
  return id === undefined ? {} : { default_source: id }
}

/**
 * A new source tries the latest open invoice of each past-due subscription at once; that "doesn't
 * count as an automatic retry" (SDK, `customers.update`).
 */
function retryPastDue(world: World, customer: string): void {
  for (const subscription of world.where('subscription', 'customer', customer)) {
    if (subscription.status !== 'past_due') continue
    if (subscription.collection_method !== 'charge_automatically') continue
    const latest = world
      .where('invoice', 'subscription', subscription.id)
      .filter((invoice) => invoice.status === 'open' && invoice.auto_advance === true)
      .at(-1)
    if (latest !== undefined) payInvoice(world, latest.id, { offSession: true })
  }
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
