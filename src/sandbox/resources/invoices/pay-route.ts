import { inPath } from '../../protocol/find.ts'
import { flag, hash, text } from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'
import { cardError, invalidRequest } from '../../protocol/stripe-error.ts'
import type { Invoice } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { declineError } from '../payment-intents/payment-error.ts'
import { resolvePaymentMethod } from '../payment-methods/resolve-payment-method.ts'
import { throwUnfinalized } from './finalize-route.ts'
import { checkPaymentMethod } from './invoice-settings.ts'
import { payInvoice, paymentMethodFor } from './pay-invoice.ts'

/** `POST /v1/invoices/:invoice/pay`. */
export const pay = route({
  method: 'POST',
  path: '/v1/invoices/:invoice/pay',
  params: hash({
    forgive: flag.optional(),
    mandate: text.optional(),
    off_session: flag.optional(),
    paid_out_of_band: flag.optional(),
    payment_method: text.optional(),
    source: text.optional(),
  }),
  handle: ({ world, path, params }) => {
    const { id } = inPath(world, 'invoice', path['invoice'])
    const method = chosenMethod(world, world.must('invoice', id), params)
    const { invoice, paymentIntent } = payInvoice(world, id, {
      paymentMethod: method,
      // "Defaults to `true` (off-session)" (SDK).
      offSession: params.off_session ?? true,
      outOfBand: params.paid_out_of_band,
      forgive: params.forgive,
    })
    throwUnfinalized(invoice)
    if (invoice.status === 'paid' || paymentIntent === null) return invoice
    if (paymentIntent.last_payment_error !== null) throw declineError(paymentIntent)
    if (paymentIntent.status === 'requires_action') {
      throw cardError(
        {
          code: 'invoice_payment_intent_requires_action',
          message:
            'This payment requires additional user action before it can be completed successfully. Payment can be completed using the PaymentIntent associated with the invoice.',
        },
        { payment_intent: paymentIntent },
      )
    }
    return invoice
  },
})

function chosenMethod(
  world: World,
  invoice: Invoice,
  params: {
    readonly payment_method?: string | undefined
    readonly source?: string | undefined
    readonly paid_out_of_band?: boolean | undefined
  },
): string | undefined {
  const param = params.payment_method === undefined ? 'source' : 'payment_method'
  const given = params.payment_method ?? params.source
  if (given !== undefined) {
    const method = resolvePaymentMethod(world, given, param)
    checkPaymentMethod(world, method.id, invoice.customer, param)
    return method.id
  }
  const owes = invoice.status !== 'draft' || invoice.amount_due > 0
  if (params.paid_out_of_band !== true && owes && paymentMethodFor(world, invoice) === null) {
    if (invoice.status === 'paid' || invoice.status === 'void') return undefined
    throw invalidRequest(
      'There is no `default_payment_method` set on this Customer or Invoice. Please set a `default_payment_method`.',
    )
  }
  return undefined
}
