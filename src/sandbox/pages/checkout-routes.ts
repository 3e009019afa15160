import { Hono } from 'hono'
import type { Context } from 'hono'
import { StripeError } from '../protocol/stripe-error.ts'
import { applyPromotionCode } from '../resources/checkout/apply-promotion-code.ts'
import { recoverCheckout } from '../resources/checkout/recover-checkout.ts'
import { setQuantities } from '../resources/checkout/update-session.ts'
import { submitCheckout } from '../resources/checkout/submit-checkout.ts'
import type { CheckoutSession } from '../tables.ts'
import type { World } from '../world/world.ts'
import { checkoutPage } from './checkout-page.ts'
import { enteredMethod, type Fields } from './entered-method.ts'
import { fieldsOf } from './fields-of.ts'
import { messagePage } from './layout.ts'
import { filledIn } from './method-fields.ts'
import { asRequest, type PagesOptions } from './page-options.ts'

const PAGE = '/c/pay/:session'

/** The hosted Checkout page. */
export function checkoutRoutes({ world }: PagesOptions): Hono {
  const app = new Hono()
  app.get(PAGE, (context) => {
    const session = world.get('checkout.session', context.req.param('session'))
    return session?.status === 'open'
      ? context.html(page(world, session, lastAttempt(world, session)))
      : ended(context, world, session)
  })
  app.post(PAGE, async (context) => {
    const fields = await fieldsOf(context)
    const session = world.get('checkout.session', context.req.param('session'))
    if (session?.status !== 'open') return ended(context, world, session)
    const filled = filledIn(fields)
    if (filled !== undefined) return context.html(page(world, session, { fields: filled }))
    return asRequest(world, () => press(context, world, session.id, fields))
  })
  app.get('/c/recover/:session', (context) => {
    const recovered = recoverCheckout(world, context.req.param('session'))
    const url = recovered?.url ?? null
    return url === null
      ? context.html(messagePage('Nothing to recover', 'This link no longer works.'), 404)
      : context.redirect(url, 303)
  })
  return app
}

function press(context: Context, world: World, id: string, fields: Fields) {
  try {
    setQuantities(world, id, quantitiesIn(fields))
    const code = fields['promotion']?.trim() ?? ''
    const isNew = code !== '' && (world.must('checkout.session', id).discounts ?? []).length === 0
    if (isNew) applyPromotionCode(world, id, code)
    const session = world.must('checkout.session', id)
    if (fields['apply'] !== undefined) return context.html(page(world, session, { fields }))
    const email = fields['email']?.trim() ?? ''
    if (!/^\S+@\S+$/u.test(email)) {
      return context.html(page(world, session, { fields, error: 'Enter your email address.' }), 422)
    }
    const asksForMethod = fields['method'] !== undefined
    const outcome = submitCheckout(world, id, {
      paymentMethod: asksForMethod ? enteredMethod(world, fields).id : null,
      customerDetails: { email, name: fields['name']?.trim() || null },
    })
    switch (outcome.next) {
      case 'done':
        return context.redirect(whereNext(outcome.session), 303)
      case 'authenticate':
        return context.redirect(`/_sandbox/authenticate/${intentOf(world, id)}`, 303)
      case 'declined':
        return context.html(
          page(world, outcome.session, { fields, error: outcome.error?.message }),
          402,
        )
    }
  } catch (error) {
    if (!(error instanceof StripeError)) throw error
    const session = world.must('checkout.session', id)
    return context.html(page(world, session, { fields, error: error.message }), 422)
  }
}

/** The address after a purchase: the app's own, with the session's id where it asks for it. */
export function whereNext({ success_url: url, id }: CheckoutSession): string {
  return url === null ? `/c/pay/${id}` : url.replaceAll('{CHECKOUT_SESSION_ID}', id)
}

function page(
  world: World,
  session: CheckoutSession,
  shown: { readonly fields?: Fields; readonly error?: string | undefined },
) {
  const { lines, input } = world.must('~checkout', session.id)
  const { trial_end: end, trial_period_days: days } = input.subscription_data ?? {}
  return checkoutPage({
    session,
    lines: lines.map(({ item }) => item),
    trialDays:
      days ?? (end === undefined ? null : Math.ceil((end - world.now(session.customer)) / 86_400)),
    fields: shown.fields ?? {},
    error: shown.error,
  })
}

const NOT_CONFIRMED = [
  'payment_intent_authentication_failure',
  'setup_intent_authentication_failure',
]

/** Back from a challenge that was not passed, the page says so and keeps what was typed in. */
function lastAttempt(world: World, session: CheckoutSession) {
  const { paymentIntent, setupIntent, details } = world.must('~checkout', session.id)
  const error =
    world.get('payment_intent', paymentIntent)?.last_payment_error ??
    world.get('setup_intent', setupIntent)?.last_setup_error
  return {
    fields: { email: details.email ?? undefined, name: details.name ?? undefined },
    error: NOT_CONFIRMED.includes(error?.code ?? '')
      ? 'Your bank did not confirm the payment. Try again, or choose another way to pay.'
      : error?.message,
  }
}

function intentOf(world: World, id: string): string {
  const { paymentIntent, setupIntent } = world.must('~checkout', id)
  return paymentIntent ?? setupIntent ?? ''
}

function ended(context: Context, world: World, session: CheckoutSession | undefined) {
  if (session === undefined) {
    return context.html(messagePage('No such page', 'This sandbox knows no such session.'), 404)
  }
  if (session.status === 'expired') {
    const back = session.cancel_url ?? session.after_expiration?.recovery?.url ?? null
    return context.html(
      messagePage(
        'This session has expired',
        'Nothing was charged. Go back and start again.',
        back === null ? undefined : { href: back, text: 'Go back' },
      ),
      410,
    )
  }
  const message = world.get('payment_link', session.payment_link)?.after_completion
  return context.html(
    messagePage(
      session.payment_status === 'unpaid' ? 'Payment on its way' : 'All done',
      message?.hosted_confirmation?.custom_message ??
        'Thank you. This purchase is complete, and the page cannot be used again.',
      session.success_url === null
        ? undefined
        : { href: whereNext(session), text: 'Back to the shop' },
    ),
  )
}

function quantitiesIn(fields: Fields): Record<string, number> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) =>
      name.startsWith('quantity-') ? [[name.slice(9), Number(value)]] : [],
    ),
  )
}
