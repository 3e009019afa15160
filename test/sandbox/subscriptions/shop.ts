import { createSandbox, type Sandbox } from '../../../src/sandbox/index.ts'
import type { Settings } from '../../../src/sandbox/settings.ts'
import { describeViolation, validateEvent } from '../judges/sdk-schema.ts'
import { call, ok, type Answer, type Params } from '../support/call.ts'

/** A sandbox with a product to sell, and short words for what the stories here do. */
export interface Shop {
  readonly sandbox: Sandbox
  post(path: string, params?: Params): Promise<Answer['body']>
  get(path: string, params?: Params): Promise<Answer['body']>
  remove(path: string, params?: Params): Promise<Answer['body']>
  /** The answer to a call that is refused. */
  refused(path: string, params?: Params): Promise<Answer>
  price(amount: number, more?: Params): Promise<string>
  customer(card?: string | null): Promise<string>
  subscribe(customer: string, price: string, more?: Params): Promise<Answer['body']>
  subscription(id: string): Promise<Answer['body']>
  invoice(id: string): Promise<Answer['body']>
  /** The types of the events since the last call of this, in order. */
  news(): string[]
  /** The newest event of a type. */
  event(type: string): Answer['body']
  advance(days: number, seconds?: number): Promise<void>
  /** Makes another card the customer's default. */
  card(customer: string, card: string): Promise<void>
  /** What the SDK's types have against the events so far. */
  violations(): string[]
}

export const NOON = '2026-01-31T12:00:00Z'

/** Unix seconds. */
export function at(iso: string): number {
  return Date.parse(iso) / 1_000
}

export async function openShop(
  settings: Partial<Settings> = {},
  now: string = NOON,
): Promise<Shop> {
  const sandbox = await createSandbox({ seed: 'shop', now, settings })
  const post: Shop['post'] = (path, params) => ok(sandbox, 'POST', path, params)
  const get: Shop['get'] = (path, params) => ok(sandbox, 'GET', path, params)
  const product = await post('/v1/products', { name: 'Pro' })
  let seen = 0
  const events = () => [...sandbox.world.events.values()]
  return {
    sandbox,
    post,
    get,
    remove: (path, params) => ok(sandbox, 'DELETE', path, params),
    refused: (path, params) => call(sandbox, 'POST', path, params),
    price: async (amount, more = {}) =>
      (
        await post('/v1/prices', {
          product: product.id,
          unit_amount: amount,
          currency: 'usd',
          recurring: { interval: 'month' },
          ...more,
        })
      ).id,
    customer: async (card = 'pm_card_visa') =>
      (
        await post(
          '/v1/customers',
          card === null
            ? {}
            : { payment_method: card, invoice_settings: { default_payment_method: card } },
        )
      ).id,
    subscribe: (customer, price, more = {}) =>
      post('/v1/subscriptions', { customer, items: [{ price }], ...more }),
    subscription: (id) => get(`/v1/subscriptions/${id}`),
    invoice: (id) => get(`/v1/invoices/${id}`),
    news: () => {
      const types = events().map(({ type }) => type)
      const fresh = types.slice(seen)
      seen = types.length
      return fresh
    },
    // As it goes over the wire.
    event: (type) =>
      JSON.parse(
        JSON.stringify(events().findLast((event) => event.type === type)),
      ) as Answer['body'],
    advance: (days, seconds = 0) => sandbox.advance({ days, seconds }),
    card: async (customer, card) => {
      const method = await post(`/v1/payment_methods/${card}/attach`, { customer })
      await post(`/v1/customers/${customer}`, {
        invoice_settings: { default_payment_method: method.id },
      })
    },
    violations: () =>
      events().flatMap(({ emitted: _, ...event }) =>
        event.type === 'invoice.upcoming'
          ? []
          : validateEvent({ pending_webhooks: 0, ...structuredClone(event) }).map(
              describeViolation,
            ),
      ),
  }
}
