import { expect, it } from 'vitest'
import { HAS_EVENTS, readPublishedEvents } from '../../support/type-version-table.ts'
import { describeViolation, sdkApiVersion, validateEvent } from './sdk-schema.ts'

interface StripeEvent {
  type: string
  api_version: string
}

/** Events that Stripe sent in older versions, where they are at hand (PROVISO_EVENTS_DIR). */
function published(type: string, from: string, before: string): StripeEvent[] {
  return readPublishedEvents()
    .map(({ observation }) => observation.body as StripeEvent)
    .filter((event) => event.type === type)
    .filter(({ api_version: version }) => version >= from && version < before)
}

/** What is wrong with an event if it is taken for one of the current version. */
function wrongNow(event: StripeEvent): string {
  return validateEvent({ ...event, api_version: sdkApiVersion })
    .map(describeViolation)
    .join('\n')
}

it.skipIf(!HAS_EVENTS)('what Stripe has moved since is seen in events that it once sent', () => {
  // stripe-facts §2.2: the period went to the items, the invoice's subscription to its parent.
  const subscriptions = published('customer.subscription.updated', '2019', '2025-03-31')
  const invoices = published('invoice.payment_succeeded', '2019', '2025-03-31')
  expect(subscriptions.length * invoices.length).toBeGreaterThan(0)
  for (const event of subscriptions) {
    expect(wrongNow(event)).toMatch(/^data\.object\.current_period_end: expected no such field/m)
  }
  for (const event of invoices) {
    expect(wrongNow(event)).toMatch(/^data\.object\.parent: expected a field/m)
  }
})

it.skipIf(!HAS_EVENTS)('those events have the envelope that events still have', () => {
  for (const event of published('customer.subscription.updated', '2019', '2025-03-31')) {
    expect(validateEvent(event).map(describeViolation)).toEqual([])
  }
})
