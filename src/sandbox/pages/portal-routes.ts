import { Hono } from 'hono'
import { invalidRequest, StripeError } from '../protocol/stripe-error.ts'
import { defaultPaymentMethod } from '../resources/payment-methods/default-payment-method.ts'
import { portalProducts } from '../resources/portal-configurations/portal-products.ts'
import type { PortalConfiguration, PortalSession, Price, Subscription } from '../tables.ts'
import type { World } from '../world/world.ts'
import type { Fields } from './entered-method.ts'
import { fieldsOf } from './fields-of.ts'
import { messagePage } from './layout.ts'
import { filledIn } from './method-fields.ts'
import { asRequest, type PagesOptions } from './page-options.ts'
import {
  cancel,
  changePlan,
  keep,
  NOTICES,
  pay,
  saveCard,
  type PortalOutcome,
} from './portal-acts.ts'
import { portalPage, type PlanOption, type PortalView } from './portal-page.ts'

const PAGE = '/p/session/:session'
const SHOWN_INVOICES = 24

/** The customer portal. */
export function portalRoutes({ world }: PagesOptions): Hono {
  const app = new Hono()
  app.get(PAGE, (context) => {
    const session = world.get('billing_portal.session', context.req.param('session'))
    return session === undefined
      ? context.html(messagePage('No such page', 'This link is not valid.'), 404)
      : context.html(page(world, session, { notice: noticeOf(context.req.query('done')) }))
  })
  app.post(PAGE, async (context) => {
    const fields = await fieldsOf(context)
    const session = world.get('billing_portal.session', context.req.param('session'))
    if (session === undefined) {
      return context.html(messagePage('No such page', 'This link is not valid.'), 404)
    }
    const filled = filledIn(fields)
    if (filled !== undefined) return context.html(page(world, session, { fields: filled }))
    try {
      const outcome = asRequest(world, () => act(world, session, fields))
      if ('authenticate' in outcome) {
        const back = encodeURIComponent(new URL(context.req.url).href)
        return context.redirect(
          `/_sandbox/authenticate/${outcome.authenticate}?return_url=${back}`,
          303,
        )
      }
      // A redirect, so that a reload of the page does not act again.
      return context.redirect(addressAfter(session, fields, outcome.done), 303)
    } catch (error) {
      if (!(error instanceof StripeError)) throw error
      const notice = { kind: 'bad', text: error.message } as const
      return context.html(page(world, session, { fields, notice }), 422)
    }
  })
  return app
}

function noticeOf(done: string | undefined): PortalView['notice'] {
  return done !== undefined && Object.hasOwn(NOTICES, done)
    ? { kind: 'good', text: NOTICES[done as keyof typeof NOTICES] }
    : undefined
}

const FLOWS: Readonly<Record<string, string>> = {
  card: 'payment_method_update',
  cancel: 'subscription_cancel',
  change: 'subscription_update',
}

/** Back to the page, or to the app where the session was made for this act alone. */
function addressAfter({ id, flow }: PortalSession, fields: Fields, done: string): string {
  const isItsFlow = flow?.type === FLOWS[fields['act'] ?? '']
  const redirect = flow?.after_completion.redirect?.return_url
  return isItsFlow && redirect !== undefined ? redirect : `/p/session/${id}?done=${done}`
}

function act(world: World, session: PortalSession, fields: Fields): PortalOutcome {
  const { features } = configurationOf(world, session)
  const own = world
    .where('subscription', 'customer', session.customer)
    .find(({ id }) => id === fields['subscription'])
  switch (fields['act']) {
    case 'card':
      return saveCard(world, session.customer, fields, {
        baseUrl: new URL(session.url).origin,
        returnUrl: session.url,
      })
    case 'pay': {
      const invoice = world.get('invoice', fields['invoice'])
      if (invoice?.customer !== session.customer) throw invalidRequest('No such invoice.')
      return pay(world, invoice)
    }
    case 'cancel':
      if (own !== undefined) return cancel(world, own, features)
      break
    case 'keep':
      if (own !== undefined) return keep(world, own)
      break
    case 'change': {
      if (own === undefined) break
      const offered = optionsFor(world, session, own).map(({ price }) => price.id)
      const price = offered.find((id) => id === fields['price'])
      if (price !== undefined) return changePlan(world, own, price, features)
      break
    }
    default:
      break
  }
  throw invalidRequest('This cannot be done here.')
}

function page(
  world: World,
  session: PortalSession,
  shown: Partial<Pick<PortalView, 'fields' | 'notice'>>,
) {
  const { features } = configurationOf(world, session)
  const customer = world.must('customer', session.customer)
  const subscriptions = world.where('subscription', 'customer', customer.id).reverse()
  const method =
    subscriptions[0]?.default_payment_method ?? defaultPaymentMethod(world, customer.id)
  return portalPage({
    session,
    customer,
    subscriptions: subscriptions.map((subscription) => ({
      subscription,
      name: nameOf(world, subscription.items.data[0]?.price),
      options: optionsFor(world, session, subscription),
    })),
    method: world.get('payment_method', method),
    invoices: world.where('invoice', 'customer', customer.id).reverse().slice(0, SHOWN_INVOICES),
    offers: {
      cancel: features.subscription_cancel.enabled
        ? features.subscription_cancel.mode === 'immediately'
          ? 'immediately'
          : 'at_period_end'
        : null,
      card: features.payment_method_update.enabled,
      invoices: features.invoice_history.enabled,
    },
    fields: shown.fields ?? {},
    notice: shown.notice,
  })
}

function configurationOf(world: World, session: PortalSession): PortalConfiguration {
  return world.must('billing_portal.configuration', session.configuration)
}

/**
 * The prices a subscription can change to: the configuration's; with the account's default one, which
 * names none, all that are sold in its currency.
 */
function optionsFor(
  world: World,
  session: PortalSession,
  subscription: Subscription,
): readonly PlanOption[] {
  const configuration = configurationOf(world, session)
  const offered = portalProducts(world, configuration.id).flatMap((product) => product.prices)
  if (offered.length === 0 && !configuration.is_default) return []
  if (offered.length > 0 && !configuration.features.subscription_update.enabled) return []
  const prices = [...world.table('price').values()].filter(
    (price) =>
      price.type === 'recurring' &&
      price.currency === subscription.currency &&
      price.recurring?.usage_type === 'licensed' &&
      (price.id === subscription.items.data[0]?.price.id ||
        (offered.length === 0 ? isSold(world, price) : offered.includes(price.id))),
  )
  return subscription.items.data.length === 1 && prices.length > 1
    ? prices.map((price) => ({ price, name: nameOf(world, price) }))
    : []
}

function isSold(world: World, price: Price): boolean {
  return price.active && world.get('product', price.product)?.active === true
}

function nameOf(world: World, price: Price | undefined): string {
  return world.get('product', price?.product)?.name ?? 'Subscription'
}
