import type Stripe from 'stripe'
import { expect } from 'vitest'
import { createSandbox, type Duration, type Sandbox } from '../../../src/sandbox/index.ts'
import type { Scenario } from './scenario.ts'

/** 31 January: the months that follow are of every length. */
export const START = '2026-01-31T09:00:00Z'

/** Unix seconds of an ISO 8601 time. */
export function at(iso: string): number {
  return Date.parse(iso) / 1_000
}

type Fields = Readonly<Record<string, unknown>>

/** An event as a scenario looks at it. */
export interface Told {
  readonly id: string
  readonly type: string
  readonly created: number
  readonly object: Fields
  readonly previous: Fields | undefined
}

/** A sandbox at START, a shop's worth of prices, and ways to look at what was emitted. */
export class Stage {
  readonly sandbox: Sandbox
  /** Stripe's SDK, current version. */
  readonly api: Stripe
  #mark = 0

  constructor(sandbox: Sandbox) {
    this.sandbox = sandbox
    this.api = sandbox.client()
  }

  static async open(scenario: Scenario): Promise<Stage> {
    return new Stage(
      await createSandbox({
        seed: scenario.rows.join(),
        now: START,
        ...(scenario.settings === undefined ? {} : { settings: scenario.settings }),
      }),
    )
  }

  /** A recurring price of 29.00 unless told otherwise; its product is made with it. */
  async price(fields: Partial<Stripe.PriceCreateParams> = {}): Promise<Stripe.Price> {
    return this.api.prices.create({
      currency: 'usd',
      unit_amount: 2_900,
      recurring: { interval: 'month' },
      product_data: { name: 'Pro' },
      ...fields,
    })
  }

  /** A customer whose card, by one of Stripe's test names, pays what falls due. */
  async customer(card = 'pm_card_visa'): Promise<Stripe.Customer> {
    const customer = await this.api.customers.create({ email: 'ada@example.test' })
    const method = await this.api.paymentMethods.attach(card, { customer: customer.id })
    return this.api.customers.update(customer.id, {
      invoice_settings: { default_payment_method: method.id },
    })
  }

  /** Gives a customer another card from now on, also for one subscription where it is named. */
  async changeCard(customer: string, card: string, subscription?: string): Promise<void> {
    const method = await this.api.paymentMethods.attach(card, { customer })
    await this.api.customers.update(customer, {
      invoice_settings: { default_payment_method: method.id },
    })
    if (subscription !== undefined) {
      await this.api.subscriptions.update(subscription, { default_payment_method: method.id })
    }
  }

  /** A Checkout Session for a subscription, unless told otherwise, by the current version or `api`'s. */
  checkout(
    fields: Partial<Stripe.Checkout.SessionCreateParams>,
    api = this.api,
  ): Promise<Stripe.Checkout.Session> {
    return api.checkout.sessions.create({
      mode: 'subscription',
      success_url: 'https://app.test/thanks',
      ...fields,
    })
  }

  advance(by: Duration): Promise<void> {
    return this.sandbox.advance(by)
  }

  /** Moves the sandbox's clock to a time to come: ISO 8601, or Unix seconds. */
  advanceTo(time: string | number): Promise<void> {
    const to = typeof time === 'number' ? time : at(time)
    return this.sandbox.advance({ seconds: to - this.sandbox.now() })
  }

  /** Events from here on are what `since()` tells. */
  mark(): void {
    this.#mark = this.sandbox.events().length
  }

  /** Events after the last `mark()`, oldest first, of these types or all. */
  since(...types: string[]): Told[] {
    return this.sandbox
      .events()
      .slice(this.#mark)
      .filter(({ type }) => types.length === 0 || types.includes(type))
      .map(({ id, type, created, data }) => ({
        id,
        type,
        created,
        object: data.object as unknown as Fields,
        previous: data.previous_attributes,
      }))
  }

  /** The types after the last `mark()`, in order of emission. */
  types(): string[] {
    return this.since().map(({ type }) => type)
  }

  /** The only event of this type after the last `mark()`. */
  only(type: string): Told {
    const found = this.since(type)
    expect(
      found.map((event) => event.type),
      `events of type ${type}`,
    ).toEqual([type])
    return found[0] as Told
  }

  /** The newest event of this type after the last `mark()`. */
  last(type: string): Told {
    const found = this.since(type).at(-1)
    expect(found, `${type} among ${this.types().join(', ')}`).toBeDefined()
    return found as Told
  }

  /** All of these types came after the last `mark()`, in this order, whatever came between. */
  inOrder(...types: string[]): void {
    let next = 0
    for (const type of this.types()) if (type === types[next]) next += 1
    expect(types.slice(next), `missing, or out of order, in ${this.types().join(', ')}`).toEqual([])
  }

  /** None of these types came after the last `mark()`. */
  none(...types: string[]): void {
    expect(this.since(...types).map(({ type }) => type)).toEqual([])
  }
}
