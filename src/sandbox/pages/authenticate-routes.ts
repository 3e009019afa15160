import { Hono } from 'hono'
import { html } from 'hono/html'
import { StripeError } from '../protocol/stripe-error.ts'
import { attemptOf } from '../resources/payment-intents/attempt-record.ts'
import { completeAuthentication } from '../resources/payment-intents/complete-authentication.ts'
import { completeSetupAuthentication } from '../resources/setup-intents/complete-authentication.ts'
import type { World } from '../world/world.ts'
import { whereNext } from './checkout-routes.ts'
import { fieldsOf } from './fields-of.ts'
import { layout, messagePage } from './layout.ts'
import { money } from './money.ts'
import { asRequest, type PagesOptions } from './page-options.ts'

const PAGE = '/_sandbox/authenticate/:intent'

/** The challenge of the card's bank (3D Secure), for payment and setup intents. */
export function authenticateRoutes({ world }: PagesOptions): Hono {
  const app = new Hono()
  app.get(PAGE, (context) => {
    const id = context.req.param('intent')
    const intent = world.get('payment_intent', id) ?? world.get('setup_intent', id)
    if (intent?.status !== 'requires_action') {
      return context.html(
        messagePage('Nothing to confirm', 'This challenge is over, or there was none.'),
        intent === undefined ? 404 : 410,
      )
    }
    const what =
      intent.object === 'payment_intent'
        ? `a payment of ${money(intent.amount, intent.currency)}`
        : 'that your card is saved for later payments'
    return context.html(challenge(what))
  })
  app.post(PAGE, async (context) => {
    const id = context.req.param('intent')
    const succeed = (await fieldsOf(context))['answer'] === 'complete'
    try {
      asRequest(world, () => {
        if (world.get('payment_intent', id) === undefined) {
          completeSetupAuthentication(world, id, succeed)
        } else completeAuthentication(world, id, succeed)
      })
    } catch (error) {
      if (!(error instanceof StripeError)) throw error
      return context.html(messagePage('Nothing to confirm', error.message), 410)
    }
    const next = returnAddress(world, id, context.req.query('return_url'))
    return next === null
      ? context.html(messagePage('Done', 'You can close this page.'))
      : context.redirect(next, 303)
  })
  return app
}

function challenge(what: string) {
  return layout({
    title: 'Confirm with your bank',
    narrow: true,
    body: html`<div class="panel">
      <p class="soft small">3D Secure test page</p>
      <h1>Confirm with your bank</h1>
      <p>Your card's bank asks you to confirm ${what}.</p>
      <form method="post" class="row">
        <button class="good" name="answer" value="complete">Complete</button>
        <button class="danger" name="answer" value="fail">Fail</button>
      </form>
    </div>`,
  })
}

/** Back to the session that asked, to the app after a purchase, or to where the intent says. */
function returnAddress(world: World, id: string, asked: string | undefined): string | null {
  const index = id.startsWith('seti_') ? 'setupIntent' : 'paymentIntent'
  const terms = world.where('~checkout', index, id).at(-1)
  if (terms !== undefined) {
    const session = world.must('checkout.session', terms.id)
    return session.status === 'complete' ? whereNext(session) : `/c/pay/${session.id}`
  }
  const url = asked ?? attemptOf(world, id).returnUrl
  if (url === null || !/^https?:\/\//u.test(url)) return null
  const back = new URL(url)
  back.searchParams.set(id.startsWith('seti_') ? 'setup_intent' : 'payment_intent', id)
  return back.href
}
