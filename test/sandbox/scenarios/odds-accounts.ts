import type Stripe from 'stripe'
import { expect } from 'vitest'
import { describeViolation, validateEvent } from '../judges/sdk-schema.ts'
import type { Scenario } from './scenario.ts'
import type { Stage } from './stage.ts'

const ACCOUNT = 'acct_1SandboxConnected'
const SECRET = 'whsec_accounts'

/** An app that keeps the events it verified. */
function hearing(
  stage: Stage,
  how: { account?: string; context?: string } | undefined,
  status = 200,
) {
  const events: Stripe.Event[] = []
  stage.sandbox.deliverTo(
    async (request) => {
      const signature = String(request.headers.get('stripe-signature'))
      events.push(
        await stage.api.webhooks.constructEventAsync(await request.text(), signature, SECRET),
      )
      return new Response(null, { status })
    },
    { secret: SECRET, ...(how === undefined ? {} : { from: how }) },
  )
  return events
}

const CONNECTED: Scenario = {
  rows: [94],
  title:
    'Events of a connected account carry its id, in test mode too; those of the account itself carry none',
  async play(stage) {
    const own = hearing(stage, undefined)
    const platform = hearing(stage, { account: ACCOUNT })
    const customer = await stage.customer()
    await stage.api.subscriptions.create({
      customer: customer.id,
      items: [{ price: (await stage.price()).id }],
    })
    await stage.sandbox.delivered()
    expect(platform.map(({ id }) => id)).toEqual(stage.since().map(({ id }) => id))
    expect(platform.map(({ id }) => id)).toEqual(own.map(({ id }) => id))
    for (const event of platform) {
      // A live endpoint of a platform hears of test mode as well: `livemode` alone tells.
      expect([event.account, event.livemode]).toEqual([ACCOUNT, false])
      expect(validateEvent(event).map(describeViolation)).toEqual([])
    }
    for (const event of own) expect(event).not.toHaveProperty('account')
    // Nothing else differs: the objects do not say whose they are.
    expect(platform.map(({ data }) => data)).toEqual(own.map(({ data }) => data))
  },
}

const ORGANIZATION: Scenario = {
  rows: [95],
  title:
    "An organization's destination is told whose event it is, and a draft does not wait for its answer",
  settings: { waitForEndpoints: true },
  async play(stage) {
    const organization = hearing(stage, { context: ACCOUNT }, 500)
    const customer = await stage.customer()
    await stage.api.subscriptions.create({
      customer: customer.id,
      items: [{ price: (await stage.price()).id }],
    })
    await stage.sandbox.delivered()
    expect(organization.length).toBe(stage.since().length)
    for (const event of organization) {
      expect(event.context).toBe(ACCOUNT)
      expect(event).not.toHaveProperty('account')
      expect(validateEvent(event).map(describeViolation)).toEqual([])
    }
    stage.mark()
    await stage.advance({ days: 28, hours: 1 })
    expect(stage.only('invoice.created').object).toMatchObject({ status: 'draft' })
    stage.only('invoice.paid')

    // An endpoint of the account that refuses holds the next draft.
    hearing(stage, undefined, 500)
    stage.mark()
    await stage.advance({ days: 31, hours: 12 })
    expect(stage.only('invoice.created').object).toMatchObject({ status: 'draft' })
    stage.none('invoice.finalized', 'invoice.paid')
  },
}

export const ACCOUNTS: readonly Scenario[] = [CONNECTED, ORGANIZATION]
