import type { Customer } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { addSource } from '../customer-sources/add-source.ts'
import { attachPaymentMethod } from '../payment-methods/attach-payment-method.ts'
import { resolvePaymentMethod } from '../payment-methods/resolve-payment-method.ts'
import { adjustBalance } from './adjust-balance.ts'
import { giveDiscount } from './customer-discount.ts'
import type { CustomerFields } from './customer-fields.ts'

export interface CustomerInput extends CustomerFields {
  /** Minor units in the customer's currency; negative is credit. */
  readonly balance?: number | undefined
  readonly coupon?: string | undefined
  readonly promotion_code?: string | undefined
  readonly invoice_settings?: Partial<Customer['invoice_settings']> | undefined
  /** A payment method to attach, or a test one (`pm_card_visa`), of which a copy is attached. */
  readonly payment_method?: string | undefined
  /** A token or card for `default_source`. */
  readonly source?: string | undefined
  readonly test_clock?: string | undefined
}

/**
 * Creates a customer, attaches what it pays with, and emits `customer.created` after that
 * (stripe-facts L2: `payment_method.attached, customer.created`).
 * @throws {StripeError} where the payment method is missing or its attachment is refused; no
 *   customer is left then.
 */
export function createCustomer(world: World, input: CustomerInput = {}): Customer {
  const id = world.id('cus', 14)
  world.insert('customer', blank(world, id, input))
  try {
    payBy(world, id, input)
  } catch (error) {
    world.remove('customer', id)
    throw error
  }
  // State first: the customer that is announced has its discount and balance.
  if (input.coupon !== undefined || input.promotion_code !== undefined) {
    giveDiscount(world, id, { coupon: input.coupon, promotion_code: input.promotion_code })
  }
  if (input.balance !== undefined && input.balance !== 0) {
    adjustBalance(world, id, { amount: input.balance, type: 'initial', silent: true })
  }
  world.emit('customer.created', world.must('customer', id))
  return world.must('customer', id)
}

function blank(world: World, id: string, input: CustomerInput): Customer {
  const clock = input.test_clock ?? null
  const settings = input.invoice_settings ?? {}
  return {
    id,
    object: 'customer',
    address: input.address ?? null,
    balance: input.balance ?? 0,
    created: (clock === null ? undefined : world.testClock(clock)?.now) ?? world.now(),
    currency: null,
    customer_account: null,
    default_source: null,
    delinquent: false,
    description: input.description ?? null,
    discount: null,
    email: input.email ?? null,
    ...(typeof input.business_name === 'string' ? { business_name: input.business_name } : {}),
    ...(typeof input.individual_name === 'string'
      ? { individual_name: input.individual_name }
      : {}),
    invoice_prefix: input.invoice_prefix ?? world.random.text(8).toUpperCase(),
    invoice_settings: {
      custom_fields: settings.custom_fields ?? null,
      default_payment_method: null,
      footer: settings.footer ?? null,
      rendering_options: settings.rendering_options ?? null,
    },
    livemode: false,
    metadata: input.metadata ?? {},
    name: input.name ?? null,
    next_invoice_sequence: input.next_invoice_sequence ?? 1,
    phone: input.phone ?? null,
    preferred_locales: input.preferred_locales ?? [],
    shipping: input.shipping ?? null,
    tax_exempt: input.tax_exempt ?? 'none',
    test_clock: clock,
  }
}

function payBy(world: World, customer: string, input: CustomerInput): void {
  if (input.source !== undefined) addSource(world, customer, input.source)
  const wanted = input.invoice_settings?.default_payment_method ?? undefined
  // The CLI names the same test method twice: one copy is attached and made the default.
  const attached =
    input.payment_method === undefined
      ? undefined
      : attach(world, customer, input.payment_method, 'payment_method')
  const preferred =
    wanted === undefined
      ? undefined
      : wanted === input.payment_method
        ? attached
        : attach(world, customer, wanted, 'invoice_settings[default_payment_method]')
  if (preferred !== undefined) {
    const { invoice_settings: settings } = world.must('customer', customer)
    world.patch('customer', customer, {
      invoice_settings: { ...settings, default_payment_method: preferred },
    })
  }
}

function attach(world: World, customer: string, idOrToken: string, param: string): string {
  const method = resolvePaymentMethod(world, idOrToken, param)
  return method.customer === customer
    ? method.id
    : attachPaymentMethod(world, method.id, customer).id
}
