import type Stripe from 'stripe'
import { createSandbox, type Sandbox, type Settings } from '../../../src/sandbox/index.ts'
import { asRequest } from '../../../src/sandbox/pages/page-options.ts'
import type { Charge, Invoice, Subscription } from '../../../src/sandbox/tables.ts'
import { Books } from '../books.ts'
import { START } from '../../sandbox/scenarios/stage.ts'
import { openShop, type Shop } from './shop.ts'

/** How the app tells Stripe whose a purchase is (SPEC R29). */
export type Identity = 'onCustomer' | 'onPurchase' | 'nowhere'

/** The app's two customers; most of a life is the first one's. */
export const PEOPLE = ['ada', 'ben'] as const

const OVER = ['canceled', 'incomplete_expired']

/** A shop in a sandbox of its own, two customers, and ways to find what a step may apply to. */
export class LifeStage {
  readonly sandbox: Sandbox
  readonly api: Stripe
  readonly books: Books
  readonly shop: Shop
  readonly identity: Identity
  readonly #customers = new Map<string, string>()

  private constructor(sandbox: Sandbox, books: Books, shop: Shop, identity: Identity) {
    this.sandbox = sandbox
    this.api = sandbox.client({ maxNetworkRetries: 0 })
    this.books = books
    this.shop = shop
    this.identity = identity
  }

  static async open(
    seed: string,
    settings: Partial<Settings>,
    identity: Identity,
  ): Promise<LifeStage> {
    const sandbox = await createSandbox({ seed, now: START, settings })
    const books = Books.keep(sandbox.world)
    const shop = await openShop(sandbox.client({ maxNetworkRetries: 0 }))
    return new LifeStage(sandbox, books, shop, identity)
  }

  now(): number {
    return this.sandbox.now()
  }

  /** Stripe's customer of one of the people, made when first asked for, with a card that pays. */
  async customerOf(who: number): Promise<string> {
    const name = PEOPLE[who] ?? PEOPLE[0]
    const known = this.#customers.get(name)
    if (known !== undefined && this.#isThere(known)) return known
    const { id } = await this.api.customers.create({
      email: `${name}@example.test`,
      ...(this.identity === 'onCustomer' ? { metadata: { customer_id: name } } : {}),
    })
    this.#customers.set(name, id)
    await this.payBy(id, 'pm_card_visa')
    return id
  }

  /** Stripe's customers, without those that were deleted. */
  customers(): string[] {
    return [...this.#customers.values()].filter((id) => this.#isThere(id))
  }

  #isThere(id: string): boolean {
    return this.sandbox.world.get('customer', id) !== undefined
  }

  /** What names the app's customer on a purchase itself. */
  stamp(who: number): Record<string, string> {
    const name = PEOPLE[who] ?? PEOPLE[0]
    return this.identity === 'onPurchase' ? { customer_id: name } : {}
  }

  /** From now on a customer's payments are made by this card or account. */
  async payBy(customer: string, method: string): Promise<void> {
    const { id } = await this.api.paymentMethods.attach(method, { customer })
    await this.api.customers.update(customer, { invoice_settings: { default_payment_method: id } })
    for (const sub of this.subscriptions()) {
      if (sub.customer !== customer || sub.default_payment_method === null) continue
      await this.api.subscriptions.update(sub.id, { default_payment_method: id })
    }
  }

  /** Those that are not over, oldest first. */
  subscriptions(): Subscription[] {
    return [...this.sandbox.world.table('subscription').values()].filter(
      ({ status }) => !OVER.includes(status),
    )
  }

  subscription(which: number, ...statuses: string[]): Subscription | undefined {
    return pick(
      this.subscriptions().filter(
        ({ status }) => statuses.length === 0 || statuses.includes(status),
      ),
      which,
    )
  }

  /** Oldest first. */
  invoices(...statuses: string[]): Invoice[] {
    return [...this.sandbox.world.table('invoice').values()].filter(({ status }) =>
      statuses.includes(String(status)),
    )
  }

  /** Newest first, so that a step mostly means the last. */
  charges(): Charge[] {
    return [...this.sandbox.world.table('charge').values()]
      .filter(({ status }) => status === 'succeeded')
      .reverse()
  }

  async advance(seconds: number): Promise<void> {
    if (seconds > 0) await this.sandbox.advance({ seconds })
  }

  /** Does what a bank or a page of Stripe's does, not the API. */
  act<T>(does: () => T): T {
    return asRequest(this.sandbox.world, does)
  }
}

/** One of a list by any whole number. */
export function pick<T>(list: readonly T[], which: number): T | undefined {
  return list[which % Math.max(list.length, 1)]
}
