import { expect } from 'vitest'
import { pausedSubscription } from './changes-pauses.ts'
import { featuresOf, SUMMARY } from './entitled-price.ts'
import type { Scenario } from './scenario.ts'
import { at, type Stage } from './stage.ts'

const RESUMED = at('2026-02-21T09:00:00Z')
const NEXT = at('2026-03-21T09:00:00Z')

/** Asks for a resumption on day 21 by the default way: an open invoice, and still paused. */
async function asked(stage: Stage, card = 'pm_card_visa') {
  const { customer, sub } = await pausedSubscription(stage, card)
  stage.mark()
  const waiting = await stage.api.subscriptions.resume(sub.id)
  expect(waiting).toMatchObject({
    status: 'paused',
    billing_cycle_anchor: sub.billing_cycle_anchor,
  })
  const invoice = String(waiting.latest_invoice)
  expect(stage.only('invoice.finalized').object).toMatchObject({
    id: invoice,
    status: 'open',
    amount_due: 2_900,
    attempted: false,
    attempt_count: 0,
    auto_advance: false,
    next_payment_attempt: null,
  })
  stage.none('customer.subscription.resumed', SUMMARY, 'charge.succeeded', 'charge.failed')
  stage.none('invoice.paid', 'invoice.payment_failed')
  stage.mark()
  return { customer, sub, invoice }
}

/** Active or past due in a period that began with the request to resume. */
function expectResumed(stage: Stage, status: string): void {
  expect(stage.only('customer.subscription.updated')).toMatchObject({
    object: {
      status,
      billing_cycle_anchor: RESUMED,
      items: { data: [{ current_period_start: RESUMED, current_period_end: NEXT }] },
    },
    previous: { status: 'paused' },
  })
  expect(stage.only('customer.subscription.resumed').object).toMatchObject({ status })
  expect(featuresOf(stage.only(SUMMARY))).toEqual({ now: ['exports'], before: [] })
}

const BY_ATTEMPT: Scenario = {
  rows: [68],
  title:
    'A resumption that bills waits with an open invoice, until that is paid or given up, or its attempt fails',
  async play(stage) {
    const { api } = stage
    const paid = await asked(stage)
    await stage.advance({ hours: 22 })
    await api.invoices.pay(paid.invoice)
    expect(stage.only('invoice.paid').object).toMatchObject({
      id: paid.invoice,
      amount_paid: 2_900,
    })
    expectResumed(stage, 'active')
    stage.mark()
    await stage.advance({ days: 27, hours: 3 })
    expect(stage.only('invoice.paid').object).toMatchObject({
      billing_reason: 'subscription_cycle',
    })
  },
}

const FORGIVEN: Scenario = {
  rows: [68],
  title: 'A resumption whose invoice is marked uncollectible makes the subscription active',
  async play(stage) {
    const { invoice } = await asked(stage)
    await stage.api.invoices.markUncollectible(invoice)
    expectResumed(stage, 'active')
    stage.none('invoice.paid')
  },
}

const ATTEMPT_FAILS: Scenario = {
  rows: [68],
  title:
    'A resumption whose payment fails is past due, is not paused again, and is not retried by itself',
  async play(stage) {
    const { api } = stage
    const { customer, sub, invoice } = await asked(stage, 'pm_card_chargeCustomerFail')
    await expect(api.invoices.pay(invoice)).rejects.toMatchObject({ type: 'StripeCardError' })
    expectResumed(stage, 'past_due')
    expect(stage.only('invoice.payment_failed').object).toMatchObject({
      id: invoice,
      attempt_count: 1,
      next_payment_attempt: null,
    })
    stage.mark()
    await stage.advance({ days: 20 })
    stage.none('invoice.payment_failed', 'invoice.voided', 'customer.subscription.paused')
    expect((await api.subscriptions.retrieve(sub.id)).status).toBe('past_due')
    await stage.changeCard(customer.id, 'pm_card_visa')
    stage.mark()
    await api.invoices.pay(invoice)
    expect(stage.only('customer.subscription.updated')).toMatchObject({
      object: { status: 'active' },
      previous: { status: 'past_due' },
    })
  },
}

const NOT_ATTEMPTED: Scenario = {
  rows: [68],
  title:
    'A resumption whose invoice is voided, or not attempted for 23 hours, leaves the subscription paused',
  async play(stage) {
    const { api } = stage
    const { sub, invoice } = await asked(stage)
    await api.invoices.voidInvoice(invoice)
    expect(stage.only('invoice.voided').object).toMatchObject({ id: invoice })
    stage.none('customer.subscription.resumed', SUMMARY)

    const again = String((await api.subscriptions.resume(sub.id)).latest_invoice)
    expect(again).not.toBe(invoice)
    await stage.advance({ hours: 22, minutes: 59 })
    expect((await api.invoices.retrieve(again)).status).toBe('open')
    stage.mark()
    await stage.advance({ minutes: 1 })
    expect(stage.only('invoice.voided')).toMatchObject({
      created: RESUMED + 23 * 3_600,
      object: { id: again },
    })
    stage.none('customer.subscription.resumed', SUMMARY)
    const after = await api.subscriptions.retrieve(sub.id)
    expect(after).toMatchObject({
      status: 'paused',
      billing_cycle_anchor: sub.billing_cycle_anchor,
    })
  },
}

const BY_SUCCESS: Scenario = {
  rows: [69],
  title:
    'A resumption on success is attempted in the request, and stays paused while Stripe retries what failed',
  async play(stage) {
    const { api } = stage
    const payment_behavior = 'resume_on_payment_success'
    const good = await pausedSubscription(stage)
    stage.mark()
    const resumed = await api.subscriptions.resume(good.sub.id, { payment_behavior })
    expect(resumed.status).toBe('active')
    expectResumed(stage, 'active')
    expect(stage.only('invoice.paid').object).toMatchObject({ id: resumed.latest_invoice })
  },
}

const RETRIED: Scenario = {
  rows: [69],
  title: 'A resumption on success that is declined resumes with the retry that succeeds',
  settings: { retryDays: [3, 5, 7] },
  async play(stage) {
    const { api } = stage
    const payment_behavior = 'resume_on_payment_success'
    const { sub, customer } = await pausedSubscription(stage, 'pm_card_chargeCustomerFail')
    stage.mark()
    const waiting = await api.subscriptions.resume(sub.id, { payment_behavior })
    expect(waiting).toMatchObject({
      status: 'paused',
      billing_cycle_anchor: sub.billing_cycle_anchor,
    })
    expect(stage.only('invoice.payment_failed').object).toMatchObject({
      id: waiting.latest_invoice,
      status: 'open',
      attempt_count: 1,
      next_payment_attempt: RESUMED + 3 * 86_400,
    })
    stage.none('customer.subscription.resumed', SUMMARY)
    stage.mark()
    // Not void after 23 hours: this one is waited for longer.
    await stage.advance({ days: 3 })
    expect(stage.only('invoice.payment_failed').object).toMatchObject({
      attempt_count: 2,
      next_payment_attempt: RESUMED + 5 * 86_400,
    })
    stage.none('customer.subscription.updated', 'invoice.voided')
    await stage.changeCard(customer.id, 'pm_card_visa')
    stage.mark()
    await stage.advance({ days: 2 })
    expect(stage.only('invoice.paid').object).toMatchObject({ attempt_count: 3 })
    expectResumed(stage, 'active')
  },
}

export const RESUMPTIONS: readonly Scenario[] = [
  BY_ATTEMPT,
  FORGIVEN,
  ATTEMPT_FAILS,
  NOT_ATTEMPTED,
  BY_SUCCESS,
  RETRIED,
]
