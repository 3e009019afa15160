import { inParameter } from '../../protocol/find.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Discount, Invoice, TaxRate } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { discountFor, validCoupon } from '../coupons/discount-for.ts'

type PaymentSettings = Invoice['payment_settings']

interface PaymentSettingsInput {
  readonly default_mandate?: string | null | undefined
  readonly payment_method_options?:
    | {
        readonly card?: { readonly request_three_d_secure?: string | undefined } | null | undefined
      }
    | undefined
  readonly payment_method_types?: readonly string[] | null | undefined
}

/** Payment settings as an invoice shows them, changed by what a call gives. */
export function paymentSettingsFrom(
  before: PaymentSettings | undefined,
  given: PaymentSettingsInput | undefined,
): PaymentSettings {
  const card = given?.payment_method_options?.card
  return {
    default_mandate:
      given?.default_mandate === undefined
        ? (before?.default_mandate ?? null)
        : given.default_mandate,
    payment_method_options:
      card === undefined
        ? (before?.payment_method_options ?? null)
        : ({
            acss_debit: null,
            bancontact: null,
            card:
              card === null
                ? null
                : { request_three_d_secure: card.request_three_d_secure ?? null },
            customer_balance: null,
            konbini: null,
            payto: null,
            pix: null,
            sepa_debit: null,
            us_bank_account: null,
            upi: null,
          } as PaymentSettings['payment_method_options']),
    payment_method_types:
      given?.payment_method_types === undefined
        ? (before?.payment_method_types ?? null)
        : given.payment_method_types,
  }
}

/** How an invoice is to look: kept and shown, without effect here. */
export function renderingFrom(
  before: Invoice['rendering'],
  given:
    | {
        readonly amount_tax_display?: string | null | undefined
        readonly pdf?: { readonly page_size?: 'a4' | 'auto' | 'letter' | undefined } | undefined
        readonly template?: string | undefined
        readonly template_version?: number | null | undefined
      }
    | undefined,
): Invoice['rendering'] {
  if (given === undefined) return before
  const { amount_tax_display: display, pdf, template_version: version } = given
  return {
    amount_tax_display: display === undefined ? (before?.amount_tax_display ?? null) : display,
    pdf: pdf === undefined ? (before?.pdf ?? null) : { page_size: pdf.page_size ?? null },
    template: given.template ?? before?.template ?? null,
    template_version: version === undefined ? (before?.template_version ?? null) : version,
  }
}

/** The tax rates that ids in a parameter name. */
export function taxRatesFrom(
  world: World,
  ids: readonly string[],
  param: string,
): readonly TaxRate[] {
  return ids.map((id, at) =>
    inParameter(world, 'tax_rate', id, `${param}[${String(at)}]`, 'tax rate'),
  )
}

/** Redeems what `discounts` of a call names, for one invoice or invoice item. */
export function redeemDiscounts(
  world: World,
  given: readonly {
    readonly coupon?: string | undefined
    readonly discount?: string | undefined
    readonly promotion_code?: string | undefined
  }[],
  owner: {
    readonly customer: string
    readonly invoice?: string | undefined
    readonly invoice_item?: string | undefined
  },
): readonly Discount[] {
  return given.map((choice, at) => {
    // A discount named by its id goes on as it is.
    const existing = world.get('discount', choice.discount)
    return (
      existing ?? discountFor(world, { ...choice, ...owner, param: `discounts[${String(at)}]` })
    )
  })
}

/** Runs `look` with discounts that are given to nobody: no redemption is counted, no event told. */
export function withAssumedDiscounts<T>(
  world: World,
  given: Parameters<typeof redeemDiscounts>[1],
  customer: string,
  look: (ids: readonly string[]) => T,
): T {
  const assumed = given.map((choice, at): Discount => {
    const { coupon, promotionCode } = validCoupon(world, {
      ...choice,
      customer,
      param: `discounts[${String(at)}]`,
    })
    return world.insert('discount', {
      id: world.id('di'),
      object: 'discount',
      checkout_session: null,
      customer,
      customer_account: null,
      end: null,
      invoice: null,
      invoice_item: null,
      promotion_code: promotionCode,
      source: { coupon, type: 'coupon' },
      start: world.now(customer),
      subscription: null,
      subscription_item: null,
    })
  })
  try {
    return look(assumed.map((discount) => discount.id))
  } finally {
    for (const { id } of assumed) world.remove('discount', id)
  }
}

/** @throws {StripeError} where a payment method is missing or another customer's. */
export function checkPaymentMethod(
  world: World,
  id: string | null | undefined,
  customer: string | null,
  param: string,
): void {
  if (typeof id !== 'string') return
  const method =
    world.get('card', id) ?? inParameter(world, 'payment_method', id, param, 'PaymentMethod')
  if (method.customer !== customer) {
    throw invalidRequest(
      `The payment method ${id} does not belong to the customer of this invoice. Attach it to the customer first.`,
      { param },
    )
  }
}
