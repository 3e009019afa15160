import { isBefore } from '../protocol/versions.ts'
import { fieldsOf, without, type OldShape } from './old-shape.ts'

/** Renamed in dahlia (stripe-facts §2.2). */
const UI_MODES: Readonly<Record<string, string>> = {
  elements: 'custom',
  embedded_page: 'embedded',
  hosted_page: 'hosted',
}

export const oldCheckoutSession: OldShape = ({ version }, session) => ({
  ...without(
    session,
    'allowed_payment_method_types',
    'branding_settings',
    'collected_information',
    'customer_account',
    'excluded_payment_method_types',
    'integration_identifier',
    'managed_payments',
    'name_collection',
    'optional_items',
    'origin_context',
    'permissions',
    'presentment_details',
    'wallet_options',
  ),
  shipping_details: fieldsOf(session['collected_information'])['shipping_details'] ?? null,
  ...(isBefore(version, '2022-08-01')
    ? { shipping_rate: fieldsOf(session['shipping_cost'])['shipping_rate'] ?? null }
    : {}),
  ui_mode: UI_MODES[String(session['ui_mode'])] ?? session['ui_mode'],
})

export const oldPaymentLink: OldShape = (_, link) =>
  without(link, 'managed_payments', 'name_collection', 'optional_items', 'payment_method_options')

export const oldCustomer: OldShape = (_, customer) =>
  without(customer, 'business_name', 'customer_account', 'individual_name')

export const oldQuote: OldShape = (_, quote) => without(quote, 'customer_account')
