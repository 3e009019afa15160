import { expect } from 'vitest'
import type { Scenario } from './scenario.ts'
import { at } from './stage.ts'
import { read, subscribe } from './subscriber.ts'

const ASKED = at('2026-02-14T09:00:00Z')

export const CANCEL_IN_TRIAL: readonly Scenario[] = [
  {
    rows: [61, 62],
    title: 'A trial that is canceled at its end goes on as a trial, until it is taken back or ends',
    async play(stage) {
      const subscriber = await subscribe(stage, { trial_period_days: 20 })
      const { id } = subscriber.subscription
      const end = at('2026-02-20T09:00:00Z')
      await stage.advanceTo(ASKED)
      stage.mark()
      await stage.api.subscriptions.update(id, { cancel_at_period_end: true })
      const asked = stage.only('customer.subscription.updated')
      expect(asked.object).toMatchObject({
        status: 'trialing',
        cancel_at_period_end: true,
        cancel_at: end,
        canceled_at: ASKED,
      })
      expect(asked.previous).not.toHaveProperty('status')
      await stage.api.subscriptions.update(id, { cancel_at_period_end: false })
      expect(await read(stage, subscriber)).toMatchObject({
        status: 'trialing',
        cancel_at: null,
        canceled_at: null,
      })
      await stage.api.subscriptions.update(id, { cancel_at_period_end: true })
      stage.mark()
      await stage.advanceTo(end)
      expect(stage.only('customer.subscription.deleted').object).toMatchObject({
        status: 'canceled',
        ended_at: end,
        canceled_at: ASKED,
      })
      stage.none('invoice.created', 'charge.succeeded')
    },
  },
]
