import { expect } from 'vitest'
import type { Scenario } from './scenario.ts'

const DAY = 86_400
const HOUR = 3_600

/** 31 January, 28 February, 31 March, 30 April. */
const PERIODS = [28 * DAY, 31 * DAY, 30 * DAY]

/** Which status a subscription has in an offer is not verified: the sandbox says active. */
function offer(kind: 'free' | 'paid'): Scenario {
  const amount = kind === 'free' ? 0 : 900
  return {
    rows: [20],
    title: `A ${kind} trial offer: two months at its price, then the price after it`,
    async play(stage) {
      const { api } = stage
      const full = await stage.price()
      const reduced = await stage.price({ unit_amount: amount })
      const { id: offered } = await api.productCatalog.trialOffers.create({
        price: reduced.id,
        duration: { type: 'relative', relative: { iterations: 2 } },
        end_behavior: { transition: { price: full.id } },
      })
      const customer = await stage.customer()
      const start = stage.sandbox.now()
      const [first = 0, second = 0, third = 0] = PERIODS
      stage.mark()
      const { id } = await api.subscriptions.create({
        customer: customer.id,
        items: [{ current_trial: { trial_offer: offered } }],
      })
      const onOffer = {
        price: { id: reduced.id },
        current_trial: {
          trial_offer: offered,
          start_date: start,
          end_date: start + first + second,
        },
      }
      expect(stage.only('customer.subscription.created').object).toMatchObject({
        id,
        status: 'active',
        trial_start: null,
        trial_end: null,
        items: { data: [{ ...onOffer, current_period_end: start + first }] },
      })
      expect(stage.only('invoice.paid').object).toMatchObject({
        amount_paid: amount,
        billing_reason: 'subscription_create',
      })

      // Its second month, still at the offer's price.
      stage.mark()
      await stage.advance({ seconds: first + HOUR })
      expect(stage.only('customer.subscription.updated').object).toMatchObject({
        status: 'active',
        items: { data: [{ ...onOffer, current_period_end: start + first + second }] },
      })
      expect(stage.only('invoice.paid').object['amount_paid']).toBe(amount)

      // The offer is over: the item goes on at the other price.
      stage.mark()
      await stage.advance({ seconds: second })
      const over = stage.only('customer.subscription.updated')
      expect(over.created).toBe(start + first + second)
      expect(over.object).toMatchObject({
        status: 'active',
        billing_cycle_anchor: start,
        items: {
          data: [
            {
              price: { id: full.id },
              current_trial: null,
              current_period_end: start + first + second + third,
            },
          ],
        },
      })
      expect(over.previous).toMatchObject({ items: { data: [onOffer] } })
      expect(over.previous).not.toHaveProperty('status')
      expect(stage.only('invoice.paid').object).toMatchObject({
        amount_paid: 2_900,
        billing_reason: 'subscription_cycle',
      })
    },
  }
}

const otherInterval: Scenario = {
  rows: [20],
  title: 'An offer by the week leads to a price by the year: the cycle starts anew',
  async play(stage) {
    const yearly = await stage.price({ unit_amount: 20_000, recurring: { interval: 'year' } })
    const weekly = await stage.price({ unit_amount: 100, recurring: { interval: 'week' } })
    const { id: offered } = await stage.api.productCatalog.trialOffers.create({
      price: weekly.id,
      duration: { type: 'relative', relative: { iterations: 1 } },
      end_behavior: { transition: { price: yearly.id } },
    })
    const customer = await stage.customer()
    const start = stage.sandbox.now()
    const { id } = await stage.api.subscriptions.create({
      customer: customer.id,
      items: [{ current_trial: { trial_offer: offered } }],
    })
    expect(await stage.api.invoices.createPreview({ subscription: id })).toMatchObject({
      amount_due: 20_000,
    })
    stage.mark()
    await stage.advance({ days: 7, hours: 1 })
    expect(stage.only('customer.subscription.updated').object).toMatchObject({
      status: 'active',
      billing_cycle_anchor: start + 7 * DAY,
      items: { data: [{ current_period_end: start + 372 * DAY, current_trial: null }] },
    })
    expect(stage.only('invoice.paid').object['amount_paid']).toBe(20_000)

    for (const [params, param] of [
      [{ trial_period_days: 7 }, 'trial_period_days'],
      [
        { items: [{ price: yearly.id, current_trial: { trial_offer: offered } }] },
        'items[0][price]',
      ],
    ] as const) {
      await expect(
        stage.api.subscriptions.create({
          customer: customer.id,
          items: [{ current_trial: { trial_offer: offered } }],
          ...(params as object),
        }),
      ).rejects.toMatchObject({ param })
    }
    await stage.api.productCatalog.trialOffers.update(offered, { active: false })
    const active = await stage.api.productCatalog.trialOffers.list({ active: true })
    expect(active.data).toEqual([])
    await expect(
      stage.api.subscriptions.create({
        customer: customer.id,
        items: [{ current_trial: { trial_offer: offered } }],
      }),
    ).rejects.toMatchObject({ param: 'items[0][current_trial][trial_offer]' })
  },
}

export const TRIAL_OFFERS: readonly Scenario[] = [offer('free'), offer('paid'), otherInterval]
