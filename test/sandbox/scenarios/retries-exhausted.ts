import { expect } from 'vitest'
import type { Scenario } from './scenario.ts'
import type { Stage } from './stage.ts'
import {
  DAY,
  failingSubscriber,
  FIRST_RENEWAL,
  HOUR,
  latestInvoice,
  read,
  SECOND_RENEWAL,
  type Subscriber,
} from './subscriber.ts'

const LAST_RETRY = FIRST_RENEWAL + HOUR + 4 * DAY

/** Up to the last retry, which is left in `since()` alone. */
async function exhaust(stage: Stage, subscriber: Subscriber): Promise<void> {
  await stage.advanceTo(LAST_RETRY - 1)
  expect((await read(stage, subscriber)).status).toBe('past_due')
  expect(await latestInvoice(stage, subscriber)).toMatchObject({
    attempt_count: 2,
    next_payment_attempt: LAST_RETRY,
  })
  stage.mark()
  await stage.advanceTo(LAST_RETRY)
  // What all endings have in common: the failure that says that none will follow.
  expect(stage.only('invoice.payment_failed').object).toMatchObject({
    status: 'open',
    attempt_count: 3,
    next_payment_attempt: null,
  })
}

export const RETRIES_EXHAUSTED: readonly Scenario[] = [
  {
    rows: [43],
    title: 'The last retry fails and the account is set to cancel: deleted, for a failed payment',
    settings: { retryDays: [2, 4], afterRetries: 'cancel' },
    async play(stage) {
      const subscriber = await failingSubscriber(stage)
      await exhaust(stage, subscriber)
      stage.none('customer.subscription.updated', 'customer.subscription.paused')
      expect(stage.only('customer.subscription.deleted').object).toMatchObject({
        status: 'canceled',
        canceled_at: LAST_RETRY,
        ended_at: LAST_RETRY,
        cancellation_details: { reason: 'payment_failed' },
        items: { data: [{ current_period_end: SECOND_RENEWAL }] },
      })
      stage.mark()
      await stage.advance({ days: 60 })
      stage.none('invoice.created', 'charge.failed', 'customer.subscription.updated')
    },
  },
  {
    rows: [43],
    title: 'The last retry fails and the account is set to unpaid: updated to unpaid',
    settings: { retryDays: [2, 4], afterRetries: 'unpaid' },
    async play(stage) {
      const subscriber = await failingSubscriber(stage)
      await exhaust(stage, subscriber)
      stage.none('customer.subscription.deleted')
      const unpaid = stage.only('customer.subscription.updated')
      expect(unpaid.object).toMatchObject({ status: 'unpaid', ended_at: null })
      expect(unpaid.previous).toEqual({ status: 'past_due' })
    },
  },
  {
    rows: [43],
    title: 'The last retry fails and the account leaves it past due: no subscription event at all',
    settings: { retryDays: [2, 4], afterRetries: 'past_due' },
    async play(stage) {
      const subscriber = await failingSubscriber(stage)
      await exhaust(stage, subscriber)
      expect(stage.types().filter((type) => type.startsWith('customer.'))).toEqual([])
      expect((await read(stage, subscriber)).status).toBe('past_due')
      expect((await latestInvoice(stage, subscriber)).status).toBe('open')
      stage.mark()
      await stage.advanceTo(SECOND_RENEWAL - 1)
      stage.none('charge.failed', 'invoice.payment_failed', 'customer.subscription.updated')
    },
  },
  {
    rows: [43],
    title: 'The account gives the invoice up after the last retry: uncollectible, for its attempts',
    settings: { retryDays: [2, 4], afterRetries: 'cancel', invoiceAfterRetries: 'uncollectible' },
    async play(stage) {
      const subscriber = await failingSubscriber(stage)
      await exhaust(stage, subscriber)
      expect(stage.only('invoice.marked_uncollectible').object).toMatchObject({
        status: 'uncollectible',
        status_details: { uncollectible: { reason: 'max_payment_attempts' } },
        amount_paid: 0,
      })
      expect((await read(stage, subscriber)).status).toBe('canceled')
    },
  },
  {
    rows: [43],
    title: 'The last retry fails and the account is set to pause: updated, then paused',
    settings: { retryDays: [2, 4], afterRetries: 'pause' },
    async play(stage) {
      const subscriber = await failingSubscriber(stage)
      await exhaust(stage, subscriber)
      expect(stage.types().slice(-2)).toEqual([
        'customer.subscription.updated',
        'customer.subscription.paused',
      ])
      expect(stage.only('customer.subscription.updated').previous).toMatchObject({
        status: 'past_due',
      })
      expect(stage.only('customer.subscription.paused').object).toMatchObject({
        status: 'paused',
        status_details: { paused: { subscription: { type: 'final_payment_failure' } } },
      })
    },
  },
  {
    rows: [43],
    title: 'What cannot be paused after the final failure is canceled instead: classic billing',
    settings: { retryDays: [2, 4], afterRetries: 'pause' },
    async play(stage) {
      const subscriber = await failingSubscriber(stage, { billing_mode: { type: 'classic' } })
      await exhaust(stage, subscriber)
      stage.none('customer.subscription.paused', 'customer.subscription.updated')
      expect(stage.only('customer.subscription.deleted').object).toMatchObject({
        status: 'canceled',
        cancellation_details: { reason: 'payment_failed' },
      })
    },
  },
]
