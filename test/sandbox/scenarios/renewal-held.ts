import { expect } from 'vitest'
import type { Scenario } from './scenario.ts'
import type { Stage } from './stage.ts'
import { FIRST_RENEWAL, HOUR, latestInvoice, subscribe } from './subscriber.ts'

/** An app that refuses `invoice.created` for as long as it is told to, and takes all else. */
function refusingApp(stage: Stage) {
  const app = { isRefusing: true, refused: 0 }
  stage.sandbox.deliverTo(
    async (request) => {
      const { type } = (await request.json()) as { type: string }
      if (type !== 'invoice.created' || !app.isRefusing) return new Response()
      app.refused += 1
      return new Response(null, { status: 500 })
    },
    { secret: 'whsec_refusing' },
  )
  return app
}

export const RENEWAL_HELD: readonly Scenario[] = [
  {
    rows: [40],
    title:
      'An endpoint that refuses invoice.created holds the renewal until an hour after it takes it',
    settings: { waitForEndpoints: true },
    async play(stage) {
      const subscriber = await subscribe(stage)
      const app = refusingApp(stage)
      await stage.advanceTo(FIRST_RENEWAL)
      expect(app.refused).toBe(1)
      stage.mark()
      // The hour is over, and the delivery is tried once more: taken this time.
      app.isRefusing = false
      await stage.advanceTo(FIRST_RENEWAL + HOUR)
      stage.none('invoice.finalized')
      expect(await latestInvoice(stage, subscriber)).toMatchObject({
        status: 'draft',
        automatically_finalizes_at: FIRST_RENEWAL + 2 * HOUR,
        webhooks_delivered_at: null,
      })
      await stage.advanceTo(FIRST_RENEWAL + 2 * HOUR)
      expect(stage.only('invoice.finalized').created).toBe(FIRST_RENEWAL + 2 * HOUR)
      expect(stage.only('invoice.paid').object).toMatchObject({ amount_paid: 2_900 })
    },
  },
  {
    rows: [40],
    title: 'An endpoint that never takes invoice.created holds the renewal for 72 hours',
    settings: { waitForEndpoints: true },
    async play(stage) {
      const subscriber = await subscribe(stage)
      const app = refusingApp(stage)
      await stage.advanceTo(FIRST_RENEWAL + 72 * HOUR - 1)
      expect(app.refused).toBe(3)
      stage.none('invoice.finalized', 'charge.succeeded', 'invoice.paid')
      // The subscription shows its new period all the while.
      const { subscriptions } = stage.api
      expect((await subscriptions.retrieve(subscriber.subscription.id)).status).toBe('active')
      await stage.advanceTo(FIRST_RENEWAL + 72 * HOUR)
      expect(stage.only('invoice.finalized').created).toBe(FIRST_RENEWAL + 72 * HOUR)
      expect(stage.only('invoice.paid').object).toMatchObject({ amount_paid: 2_900 })
    },
  },
]
