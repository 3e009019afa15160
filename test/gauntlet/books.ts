import type { TableName, Tables } from '../../src/sandbox/tables.ts'
import type { World } from '../../src/sandbox/world/world.ts'

/** The tables that money, time and rights are written in. */
const KEPT = [
  'customer',
  'product',
  'price',
  'subscription',
  'subscription_item',
  'subscription_schedule',
  'invoice',
  'line_item',
  'invoice_payment',
  'payment_intent',
  'charge',
  'refund',
  'dispute',
  'credit_note',
  'checkout.session',
  'item',
  'setup_intent',
  'entitlements.feature',
  'entitlements.active_entitlement',
  '~entitlement_owner',
  '~checkout',
  'test_helpers.test_clock',
] as const satisfies readonly TableName[]

export type BookName = (typeof KEPT)[number]

interface Entry {
  /** Unix seconds on the clock of the customer it belongs to. */
  readonly at: number
  /** null: removed. */
  readonly value: unknown
}

/**
 * The sandbox's own ledger with all its pages: every version of every object, and the second it came
 * about. What should have been so at any moment is read from here, never from an event.
 */
export class Books {
  /** Unix seconds at which the recording began. */
  readonly start: number
  readonly #tables = new Map<BookName, Map<string, Entry[]>>()

  private constructor(start: number) {
    this.start = start
  }

  /** Records from here on; begin before anything happens. */
  static keep(world: World): Books {
    const books = new Books(world.now())
    for (const name of KEPT) books.#follow(world, name)
    return books
  }

  #follow(world: World, name: BookName): void {
    const histories = new Map<string, Entry[]>()
    this.#tables.set(name, histories)
    const note = (id: string, at: number, value: unknown) => {
      const history = histories.get(id)
      if (history === undefined) histories.set(id, [{ at, value }])
      else history.push({ at, value })
    }
    const table = world.table(name)
    const { set, remove } = table
    table.set = (value) => {
      set.call(table, value)
      note(value.id, world.now(ownerOf(name, value)), value)
    }
    table.remove = (id) => {
      const before = table.get(id)
      remove.call(table, id)
      if (before !== undefined) note(id, world.now(ownerOf(name, before)), null)
    }
  }

  /** What was on record at the end of this second. */
  page(second: number): Page {
    return {
      get: (name, id) => {
        const history =
          id === null || id === undefined ? undefined : this.#tables.get(name)?.get(id)
        return (history?.findLast(({ at }) => at <= second)?.value ?? undefined) as never
      },
      all: (name) =>
        [...(this.#tables.get(name) ?? [])].flatMap(([, history]) => {
          const value = history.findLast(({ at }) => at <= second)?.value
          return value === null || value === undefined ? [] : [value as never]
        }),
    }
  }

  /** Every version of one object up to a second, oldest first, removals left out. */
  history<Name extends BookName>(
    name: Name,
    id: string,
    until = Infinity,
  ): { at: number; value: Tables[Name] }[] {
    return (this.#tables.get(name)?.get(id) ?? [])
      .filter(({ at, value }) => at <= until && value !== null)
      .map(({ at, value }) => ({ at, value: value as Tables[Name] }))
  }

  /** The seconds at which anything was written, ascending, each once. */
  moments(): number[] {
    const seconds = new Set<number>()
    for (const histories of this.#tables.values()) {
      for (const history of histories.values()) for (const { at } of history) seconds.add(at)
    }
    return [...seconds].sort((a, b) => a - b)
  }
}

/** The ledger opened at one second. */
export interface Page {
  get<Name extends BookName>(name: Name, id: string | null | undefined): Tables[Name] | undefined
  /** In order of making; what was removed is left out. */
  all<Name extends BookName>(name: Name): readonly Tables[Name][]
}

function ownerOf(name: BookName, value: unknown): string | null {
  const fields = value as Readonly<Record<string, unknown>>
  const owner = name === 'customer' ? fields['id'] : fields['customer']
  return typeof owner === 'string' ? owner : null
}
