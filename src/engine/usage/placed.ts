import { ProvisoError, isProvisoError } from '../../errors.ts'
import type { Scope } from '../../core/fact.ts'
import type { Queryable } from '../../store/database.ts'
import { findUsage, type FoundUsage, type NewUsage } from '../../store/statements/usage.ts'
import type { LedgerKey } from '../../store/statements/usage-ledgers.ts'
import { scopedKey } from '../settle/keys.ts'
import type { Acquaintance } from './load-standings.ts'
import { isEnding, type Operation, type Use } from './operation.ts'
import { reservationOf } from './replay.ts'

/** An operation and the ledger it concerns; without one, the error that answers it. */
export type Placed =
  | { operation: Operation; key: LedgerKey; error: null }
  | { operation: Operation; key: null; error: unknown }

/** Which ledger each operation concerns. The end of a reservation names it by the reservation alone. */
export async function placeOperations(
  tx: Queryable,
  operations: readonly Operation[],
  acquainted: Acquaintance,
): Promise<Placed[]> {
  const endings = operations.filter(isEnding)
  const reservations = new KnownUsage(endings.length === 0 ? [] : await findUsage(tx, endings))
  return operations.map((operation): Placed => {
    try {
      const { account, livemode } = operation
      if (!isEnding(operation)) {
        const customer = customerOf(operation, acquainted)
        return place(operation, { account, livemode, customer, feature: operation.feature })
      }
      const { customer, feature } = reservationOf(operation, reservations.find(operation, 0))
      return place(operation, { account, livemode, customer, feature })
    } catch (error) {
      if (!isProvisoError(error)) throw error
      return { operation, key: null, error }
    }
  })
}

function place(operation: Operation, key: LedgerKey): Placed {
  return { operation, key, error: null }
}

export function customerOf(
  use: Pick<Use, 'account' | 'livemode' | 'customer'>,
  { owners, unknown }: Acquaintance,
): string {
  const key = scopedKey(use, use.customer)
  if (unknown.has(key)) {
    throw new ProvisoError(
      'unknown_customer',
      `Nothing is known of customer ${use.customer}: no event of Stripe and no grant by hand names it. Record the usage once its subscription or purchase is heard of, and check that the id is the one its Checkout was created with.`,
      { details: { customer: use.customer } },
    )
  }
  return owners.get(key) ?? use.customer
}

/** What is on record under the ids of a batch, and what the batch itself adds to that. */
export class KnownUsage {
  readonly #rows: Map<string, FoundUsage>

  constructor(rows: readonly FoundUsage[]) {
    this.#rows = new Map(rows.map((row) => [keyOf(row, row.step), row]))
  }

  find(operation: Scope & { id: string }, step: 0 | 1): FoundUsage | undefined {
    return this.#rows.get(keyOf(operation, step))
  }

  add(row: NewUsage): void {
    this.#rows.set(keyOf(row, row.step), {
      ...row,
      quantity: BigInt(row.quantity),
      over: BigInt(row.over),
      at: BigInt(row.at),
      expires_at: row.expires_at === null ? null : BigInt(row.expires_at),
    })
  }
}

function keyOf(scope: Scope & { id: string }, step: number): string {
  return scopedKey(scope, `${step}\n${scope.id}`)
}
