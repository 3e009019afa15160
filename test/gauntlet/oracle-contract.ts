import type { CatalogDefinition } from '../../src/core/catalog.ts'
import type { Books } from './books.ts'

/** What a customer should have of one feature at one second. */
export interface Due {
  readonly allowed: boolean
  /** Seats of a quantity feature while allowed; true for a flag; null: unlimited, or nothing. */
  readonly value: number | boolean | null
  /** Plain words: from which entries of the ledger it follows. */
  readonly because: string
}

/** By app customer, by feature. */
export type Dues = Readonly<Record<string, Readonly<Record<string, Due>>>>

/** What everyone should have, told from the sandbox's ledger and the catalog's policy alone. */
export interface Oracle {
  /** At the end of this second. Pages after it are not looked at: money that came later helps later. */
  due(books: Books, catalog: CatalogDefinition, second: number): Dues
  /** Every second up to `until` at which `due` may change: entries of the ledger, and deadlines of the clock. */
  turningPoints(books: Books, catalog: CatalogDefinition, until: number): number[]
}
