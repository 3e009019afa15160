import { isBefore } from '../protocol/versions.ts'
import type { World } from '../world/world.ts'
import { arrayOf, idOf, without, type OldShape } from './old-shape.ts'

/** Until then an intent held its charges, and a charge its refunds (stripe-facts §2.2). */
const LATEST_CHARGE = '2022-11-15'

/** Intents and charges knew their invoice (stripe-facts §2.3). */
export const oldPaymentIntent: OldShape = ({ world, version }, intent) => {
  const id = idOf(intent) ?? ''
  return {
    ...without(
      intent,
      'allowed_payment_method_types',
      'customer_account',
      'excluded_payment_method_types',
      'hooks',
      'managed_payments',
      'payment_details',
      'payment_record',
      'presentment_details',
    ),
    invoice: invoiceOf(world, id),
    ...(isBefore(version, LATEST_CHARGE)
      ? {
          charges: list(
            world.where('charge', 'payment_intent', id).reverse(),
            `/v1/charges?payment_intent=${id}`,
          ),
        }
      : {}),
  }
}

export const oldCharge: OldShape = ({ world, version }, charge) => {
  const id = idOf(charge) ?? ''
  const intent = idOf(charge['payment_intent'])
  return {
    ...without(charge, 'authorization_code', 'customer_account', 'presentment_details'),
    destination: null,
    dispute: world.where('dispute', 'charge', id).at(-1)?.id ?? null,
    invoice: intent === null ? null : invoiceOf(world, intent),
    order: null,
    ...(isBefore(version, LATEST_CHARGE)
      ? {
          refunds: list(world.where('refund', 'charge', id).reverse(), `/v1/charges/${id}/refunds`),
        }
      : {}),
  }
}

export const oldDispute: OldShape = (_, dispute) => ({
  ...without(dispute, 'intended_submission_method'),
  balance_transaction: idOf(arrayOf(dispute['balance_transactions'])[0]),
})

export const oldSetupIntent: OldShape = (_, intent) =>
  without(
    intent,
    'allowed_payment_method_types',
    'customer_account',
    'excluded_payment_method_types',
    'managed_payments',
  )

export const oldPaymentMethod: OldShape = (_, method) => without(method, 'customer_account')

function invoiceOf(world: World, intent: string): string | null {
  return world.where('invoice_payment', 'payment_intent', intent).at(-1)?.invoice ?? null
}

function list(data: readonly unknown[], url: string) {
  return { object: 'list', data, has_more: false, total_count: data.length, url }
}
