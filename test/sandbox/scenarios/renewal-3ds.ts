import { expect } from 'vitest'
import { completeAuthentication } from '../../../src/sandbox/resources/payment-intents/complete-authentication.ts'
import type { Scenario } from './scenario.ts'
import { FIRST_RENEWAL, HOUR, read, subscribe } from './subscriber.ts'

export const RENEWAL_3DS: readonly Scenario[] = [
  {
    rows: [47],
    title: 'A renewal that wants 3D Secure is past due until its customer has passed it',
    async play(stage) {
      const subscriber = await subscribe(stage)
      await stage.changeCard(subscriber.customer, 'pm_card_authenticationRequired')
      await stage.advanceTo(FIRST_RENEWAL + HOUR - 1)
      stage.mark()
      await stage.advanceTo(FIRST_RENEWAL + HOUR)
      expect(stage.types().filter((type) => type !== 'customer.updated')).toEqual([
        'invoice.finalized',
        'payment_intent.created',
        'payment_intent.requires_action',
        'invoice.payment_action_required',
        'invoice.payment_failed',
        'invoice.updated',
        'customer.subscription.updated',
      ])
      const intent = stage.only('payment_intent.requires_action').object
      expect(intent).toMatchObject({ status: 'requires_action', amount: 2_900 })
      const failed = stage.only('invoice.payment_failed').object
      expect(failed).toMatchObject({ status: 'open', attempted: true, attempt_count: 1 })
      expect(stage.only('invoice.payment_action_required').object).toMatchObject({
        id: failed['id'],
        status: 'open',
      })
      expect(stage.only('customer.subscription.updated')).toMatchObject({
        object: { status: 'past_due' },
        previous: { status: 'active' },
      })

      stage.mark()
      completeAuthentication(stage.sandbox.world, intent['id'] as string, true)
      expect(stage.only('invoice.paid').object).toMatchObject({
        id: failed['id'],
        amount_paid: 2_900,
      })
      const active = stage.only('customer.subscription.updated')
      expect(active.object).toMatchObject({ status: 'active' })
      expect(active.previous).toEqual({ status: 'past_due' })
    },
  },
  {
    rows: [47],
    title: 'A renewal whose 3D Secure challenge is failed stays past due',
    async play(stage) {
      const subscriber = await subscribe(stage)
      await stage.changeCard(subscriber.customer, 'pm_card_authenticationRequired')
      await stage.advanceTo(FIRST_RENEWAL + HOUR)
      const intent = stage.only('payment_intent.requires_action').object
      stage.mark()
      completeAuthentication(stage.sandbox.world, intent['id'] as string, false)
      expect(stage.only('payment_intent.payment_failed').object).toMatchObject({
        status: 'requires_payment_method',
        last_payment_error: { code: 'payment_intent_authentication_failure' },
      })
      expect(stage.only('invoice.payment_failed').object).toMatchObject({
        status: 'open',
        attempt_count: 1,
      })
      stage.none('invoice.paid', 'customer.subscription.updated')
      expect((await read(stage, subscriber)).status).toBe('past_due')
    },
  },
]
