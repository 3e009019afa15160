import { Hono } from 'hono'
import { StripeError } from '../protocol/stripe-error.ts'
import { CURRENT_VERSION } from '../protocol/versions.ts'
import { createCheckoutSession } from '../resources/checkout/create-checkout-session.ts'
import { createPortalSession } from '../resources/portal-sessions/create-portal-session.ts'
import type { CheckoutSession } from '../tables.ts'
import type { World } from '../world/world.ts'
import { fieldsOf } from './fields-of.ts'
import { messagePage } from './layout.ts'
import { asRequest, baseUrlOf, type PagesOptions } from './page-options.ts'
import { offerInput, OFFERS } from './shop-offers.ts'
import { shopPage, thanksPage } from './shop-page.ts'
import { SHOP_PRICES } from './stock-shop.ts'

/** A small shop of an app's own, for a first purchase. */
export function shopRoutes(options: PagesOptions): Hono {
  const { world } = options
  const app = new Hono()
  app.get('/shop', (context) => context.html(shop(world, context.req.query('customer') ?? 'ada')))
  app.post('/shop', async (context) => {
    const fields = await fieldsOf(context)
    const customer = fields['customer']?.trim() ?? ''
    const offer = OFFERS.find(({ id }) => id === fields['offer'])
    if (customer === '' || offer === undefined) {
      return context.html(shop(world, customer, 'Enter your customer id and choose an offer.'), 422)
    }
    const baseUrl = baseUrlOf(options, context.req.raw)
    const metadataKey = options.customerMetadataKey ?? 'customer_id'
    try {
      const { url } = asRequest(world, () =>
        createCheckoutSession(
          world,
          offerInput(offer, { customer, metadataKey }, baseUrl),
          baseUrl,
          CURRENT_VERSION,
        ),
      )
      return context.redirect(url ?? '/shop', 303)
    } catch (error) {
      if (!(error instanceof StripeError)) throw error
      return context.html(shop(world, customer, error.message), 422)
    }
  })
  app.get('/shop/thanks', async (context) => {
    const session = world.get('checkout.session', context.req.query('session_id'))
    if (session === undefined) {
      return context.html(messagePage('No such purchase', 'This address names none.'), 404)
    }
    return context.html(await thanks(options, session))
  })
  app.on(['GET', 'POST'], '/shop/portal', async (context) => {
    const given =
      context.req.method === 'GET'
        ? context.req.query('customer')
        : (await fieldsOf(context))['customer']
    const customer = given?.trim() ?? ''
    const id = stripeCustomerOf(world, customer)
    if (id === undefined) {
      return context.html(shop(world, customer, `${customer} has bought nothing yet.`), 422)
    }
    const baseUrl = baseUrlOf(options, context.req.raw)
    const { url } = asRequest(world, () =>
      createPortalSession(
        world,
        { customer: id, return_url: `${baseUrl}/shop?customer=${encodeURIComponent(customer)}` },
        baseUrl,
      ),
    )
    return context.redirect(url, 303)
  })
  return app
}

function shop(world: World, customer: string, error?: string) {
  const prices = Object.fromEntries(
    Object.entries(SHOP_PRICES).map(([name, id]) => [name, world.get('price', id)]),
  )
  const hasPortal = stripeCustomerOf(world, customer) !== undefined
  return shopPage({ customer, prices, error, hasPortal })
}

/** The Stripe customer of the latest purchase made for the app's customer. */
function stripeCustomerOf(world: World, customer: string): string | undefined {
  return (
    world
      .where('checkout.session', 'client_reference_id', customer)
      .filter((session) => session.status === 'complete')
      .findLast((session) => session.customer !== null)?.customer ?? undefined
  )
}

async function thanks(options: PagesOptions, session: CheckoutSession) {
  const customer = session.client_reference_id ?? session.customer ?? 'nobody'
  let access: unknown
  let checkout: unknown
  let problem: string | undefined
  try {
    checkout = await options.checkoutStatus?.(session.id)
    access = await options.access?.(customer)
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error)
  }
  const status = (checkout as { status?: unknown } | undefined)?.status
  const isWaiting = problem === undefined && (status === 'unknown' || status === 'processing')
  return thanksPage({ session, customer, access, checkout, problem, isWaiting })
}
