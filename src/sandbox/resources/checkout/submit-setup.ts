import type { SetupIntent } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { collectSetup } from '../setup-intents/collect-setup.ts'
import { setupDeclineError } from '../setup-intents/setup-decline-error.ts'
import { buyerOf } from './buyer.ts'
import { completeSetup } from './complete-checkout.ts'
import { methodFor } from './method-for.ts'
import type { SubmitOutcome } from './submit-checkout.ts'

/** Sets a card up for later: setup mode, trials, and subscriptions free of charge (rows 9, 34, 35). */
export function submitSetup(world: World, id: string, idOrToken: string): SubmitOutcome {
  const session = world.must('checkout.session', id)
  const { input, baseUrl } = world.must('~checkout', id)
  const method = methodFor(world, session, idOrToken)
  const customer = buyerOf(world, id, method)
  world.patch('~checkout', id, { paymentMethod: method.id })
  const intent = collectSetup(world, {
    customer: customer?.id ?? null,
    paymentMethod: method.id,
    usage: 'off_session',
    checkoutSession: id,
    description: input.setup_intent_data?.description,
    baseUrl,
    returnUrl: `${baseUrl}/c/pay/${id}`,
    metadata: input.setup_intent_data?.metadata ?? {},
  })
  world.patch('~checkout', id, { setupIntent: intent.id })
  if (session.mode === 'setup') world.patch('checkout.session', id, { setup_intent: intent.id })
  return afterSetup(world, id, intent)
}

/** What the end of a set-up means for the session. */
export function afterSetup(world: World, id: string, intent: SetupIntent): SubmitOutcome {
  const session = world.must('checkout.session', id)
  if (intent.status === 'requires_action') return { session, next: 'authenticate' }
  if (intent.status === 'succeeded' || intent.status === 'processing') {
    return { session: completeSetup(world, id, intent.id), next: 'done' }
  }
  return { session, next: 'declined', error: setupDeclineError(intent) }
}
