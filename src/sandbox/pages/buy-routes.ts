import { Hono } from 'hono'
import { StripeError } from '../protocol/stripe-error.ts'
import { openPaymentLink } from '../resources/payment-links/open-payment-link.ts'
import { messagePage } from './layout.ts'
import { asRequest, baseUrlOf, type PagesOptions } from './page-options.ts'

/** A payment link's page: each visit makes a Checkout Session (stripe-facts row 7). */
export function buyRoutes(options: PagesOptions): Hono {
  const { world } = options
  const app = new Hono()
  app.get('/buy/:link', (context) => {
    try {
      const { url } = asRequest(world, () =>
        openPaymentLink(
          world,
          context.req.param('link'),
          {
            client_reference_id: context.req.query('client_reference_id'),
            prefilled_email: context.req.query('prefilled_email'),
            prefilled_promo_code: context.req.query('prefilled_promo_code'),
          },
          baseUrlOf(options, context.req.raw),
        ),
      )
      return context.redirect(url ?? '/', 303)
    } catch (error) {
      if (!(error instanceof StripeError)) throw error
      return context.html(
        messagePage('This link cannot be used', error.message),
        error.status === 404 ? 404 : 410,
      )
    }
  })
  return app
}
