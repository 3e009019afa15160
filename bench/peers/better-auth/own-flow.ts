import type pg from 'pg'
import type { Setting } from '../../../test/gauntlet/live/contestant.ts'
import { plansOf } from './plans.ts'
import { BEGIN_SUBSCRIPTION, SIGN_UP } from './rows.ts'

/** Whose row a Checkout Session was begun for. */
export interface Begun {
  /** Id of the plugin's own row. */
  readonly row: string
  readonly user: string
}

/**
 * What the app did before Stripe told of anything. Its customers are its users, and a Checkout for a
 * plan was begun by `subscription.upgrade`, which makes the row and names it in metadata.
 */
export class OwnFlow {
  readonly #setting: Setting
  readonly #pool: pg.Pool
  readonly #users = new Set<string>()
  readonly #begun = new Map<string, Begun>()

  constructor(setting: Setting, pool: pg.Pool) {
    this.#setting = setting
    this.#pool = pool
  }

  async catchUp(): Promise<void> {
    const { world } = this.#setting.sandbox
    for (const { id } of world.table('customer').values()) {
      if (this.#users.has(id)) continue
      await this.#pool.query(SIGN_UP, [id])
      this.#users.add(id)
    }
    for (const { id, mode } of world.table('checkout.session').values()) {
      if (mode === 'subscription' && !this.#begun.has(id)) await this.#begin(id)
    }
  }

  /** Undefined: begun elsewhere, by the API, in the Dashboard or by a payment link. */
  of(session: string): Begun | undefined {
    return this.#begun.get(session)
  }

  ofSubscription(id: string): Begun | undefined {
    const { world } = this.#setting.sandbox
    for (const [session, begun] of this.#begun) {
      const made =
        world.get('checkout.session', session)?.subscription ??
        world.get('~checkout', session)?.subscription
      if (made === id) return begun
    }
    return undefined
  }

  async #begin(id: string): Promise<void> {
    const { world } = this.#setting.sandbox
    const session = world.must('checkout.session', id)
    const lines = world.get('~checkout', id)?.lines ?? []
    const plans = plansOf(this.#setting)
    const line = lines.find(({ item }) => plans.some(({ priceId }) => priceId === item.price?.id))
    const plan = plans.find(({ priceId }) => priceId === line?.item.price?.id)
    // It has a customer made before; a buyer without one is known once the page has made one.
    const user = session.customer ?? world.get('~checkout', id)?.customer
    if (user === null || user === undefined || plan === undefined) return
    if (session.payment_link !== null) return
    const row = this.#abandonedBy(user) ?? `row_${id}`
    if (row === `row_${id}`) {
      await this.#pool.query(BEGIN_SUBSCRIPTION, [row, plan.name, user, line?.item.quantity ?? 1])
    }
    this.#begun.set(id, { row, user })
  }

  /** `subscription.upgrade` uses the row of an earlier attempt that came to nothing again. */
  #abandonedBy(user: string): string | undefined {
    const { world } = this.#setting.sandbox
    return [...this.#begun].find(
      ([session, begun]) =>
        begun.user === user && world.get('checkout.session', session)?.status === 'expired',
    )?.[1].row
  }
}
