import type { TableName, Tables } from '../tables.ts'

type Keys<Name extends TableName> = (value: Tables[Name]) => string | readonly string[] | null

/**
 * Indexes over fields that are not a plain top-level string: `world.where('invoice',
 * 'subscription', id)`. A top-level string field needs no entry here.
 */
export const INDEXES: { readonly [Name in TableName]?: Readonly<Record<string, Keys<Name>>> } = {
  invoice: {
    subscription: (invoice) => invoice.parent?.subscription_details?.subscription ?? null,
  },
  subscription_item: {
    price: (item) => item.price.id,
  },
  invoice_payment: {
    payment_intent: (payment) => payment.payment.payment_intent ?? null,
  },
  'billing.credit_balance_transaction': {
    invoice: ({ credit, debit }) =>
      (debit?.credits_applied ?? credit?.credits_application_invoice_voided)?.invoice ?? null,
  },
  promotion_code: {
    typed: (code) => code.code.toLowerCase(),
  },
  '~meter_event': {
    counted: (event) => (event.canceled ? null : `${event.meter} ${event.customer}`),
  },
}
