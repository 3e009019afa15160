import Stripe from 'stripe'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeViolation, validateEvent } from './judges/sdk-schema.ts'
import { openSdkFixture } from './sdk-fixture.ts'
import type { SdkFixture } from './sdk-fixture.ts'
import { openWebhookReceiver } from './webhook-receiver.ts'
import type { WebhookReceiver } from './webhook-receiver.ts'

// Every delivery goes over a port to an endpoint registered by API, and is opened by the official SDK.
let fixture: SdkFixture
let receiver: WebhookReceiver

beforeEach(async () => {
  fixture = await openSdkFixture()
  receiver = await openWebhookReceiver()
})
afterEach(async () => {
  await fixture.close()
  await receiver.close()
})

async function register(events: string[] = ['*']): Promise<string> {
  const { secret } = await fixture.stripe.webhookEndpoints.create({
    url: receiver.url,
    enabled_events: events as ['*'],
  })
  if (secret === undefined) throw new Error('Stripe tells the secret when an endpoint is made.')
  return secret
}

/** Something is made, changed and deleted, by as few resources as may be. */
async function actSomewhat(): Promise<void> {
  const { products, testHelpers } = fixture.stripe
  const { id } = await products.create({ name: 'Pro', metadata: { team: 'blue' } })
  await products.update(id, { name: 'Pro+', metadata: { team: 'red', floor: 2 } })
  const { id: gone } = await products.create({ name: 'Basic' })
  await products.del(gone)
  await testHelpers.testClocks.create({ frozen_time: fixture.sandbox.now() })
  await fixture.sandbox.delivered()
}

/** A customer pays for a first month by card, and for a second when it is over. */
async function subscribe(): Promise<void> {
  const { customers, paymentMethods, products, prices, subscriptions } = fixture.stripe
  const { id: customer } = await customers.create({ email: 'ada@example.com' })
  const { id: card } = await paymentMethods.attach('pm_card_visa', { customer })
  const { id: product } = await products.create({ name: 'Pro' })
  const { id: price } = await prices.create({
    ...{ product, currency: 'eur', unit_amount: 900, recurring: { interval: 'month' } },
  })
  await subscriptions.create({ customer, items: [{ price }], default_payment_method: card })
  await fixture.sandbox.advance({ days: 32 })
}

const received = () =>
  receiver.received.map(({ body }) => JSON.parse(body) as { id: string; type: string })

it('each is signed so that the SDK opens it, and is the event that the API tells of', async () => {
  const secret = await register()
  await actSomewhat()

  const opened = receiver.received.map(({ body, signature }) =>
    fixture.stripe.webhooks.constructEvent(body, signature, secret),
  )
  expect(opened.map(({ type }) => type).sort()).toEqual([
    ...['product.created', 'product.created', 'product.deleted', 'product.updated'],
    'test_helpers.test_clock.created',
  ])
  for (const event of opened) {
    const told = await fixture.stripe.events.retrieve(event.id)
    // Each delivery was still pending while it was under way.
    expect({ ...event, pending_webhooks: 0 }).toEqual({ ...told, lastResponse: undefined })
  }
})

it('each of a subscription is signed, and what the types of the SDK promise', async () => {
  const secret = await register()
  await subscribe()
  for (const { body, signature } of receiver.received) {
    fixture.stripe.webhooks.constructEvent(body, signature, secret)
  }
  expect(received().flatMap((event) => validateEvent(event).map(describeViolation))).toEqual([])
  const paid = received().filter(({ type }) => type === 'invoice.paid')
  expect(paid).toHaveLength(2)
  expect(new Set(received().map(({ id }) => id))).toEqual(
    new Set(fixture.sandbox.events().map(({ id }) => id)),
  )
})

it('none is opened with another secret, or altered', async () => {
  const secret = await register()
  await actSomewhat()
  const [first] = receiver.received
  const { body = '', signature = '' } = first ?? {}
  const open = (text: string, key: string) => () =>
    fixture.stripe.webhooks.constructEvent(text, signature, key)
  const refusal = Stripe.errors.StripeSignatureVerificationError
  expect(open(body, secret)).not.toThrow()
  expect(open(body, `${secret}x`)).toThrow(refusal)
  expect(open(body.replace('Pro', 'Pr0'), secret)).toThrow(refusal)
})

it('only those come that the endpoint is for', async () => {
  await register(['product.updated', 'product.deleted'])
  await actSomewhat()
  expect(
    received()
      .map(({ type }) => type)
      .sort(),
  ).toEqual(['product.deleted', 'product.updated'])
})

it('one that is refused comes again later, signed anew, and is told as pending until then', async () => {
  const secret = await register(['product.created'])
  receiver.answer(503)
  await fixture.stripe.products.create({ name: 'Pro' })
  await fixture.sandbox.delivered()
  const [event] = fixture.sandbox.events('product.created')
  const told = () => fixture.stripe.events.retrieve(event?.id ?? '')
  expect((await told()).pending_webhooks).toBe(1)

  receiver.answer(200)
  await fixture.sandbox.advance({ days: 1 })
  expect((await told()).pending_webhooks).toBe(0)
  expect(receiver.received).toHaveLength(2)
  for (const { body, signature } of receiver.received) {
    expect(fixture.stripe.webhooks.constructEvent(body, signature, secret).id).toBe(event?.id)
  }
})

it('the secret is told once: when the endpoint is made', async () => {
  await register()
  const [endpoint] = (await fixture.stripe.webhookEndpoints.list()).data
  expect(endpoint).toMatchObject({ url: receiver.url, status: 'enabled' })
  expect(endpoint).not.toHaveProperty('secret')
})
