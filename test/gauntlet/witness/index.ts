import type { CatalogDefinition } from '../../../src/core/catalog.ts'
import type { Body } from '../../support/stripe/index.ts'
import type { Books } from '../books.ts'
import { Reading, type Question } from './reading.ts'
import { Subset } from './subset.ts'
import { type Wares, waresOf } from './wares.ts'

export type { Question } from './reading.ts'

/**
 * An upper bound that knows nothing of how decisions are made: whether anything in a subset of a
 * story's bodies could justify serving a customer. Access where this says no is access without
 * evidence. What was sold is taken from the ledger and the catalog, all else from the bodies.
 */
export interface Evidence {
  /** Quick where one subset is asked again, or grows at its end. */
  vouches(subset: readonly Body[], question: Question): boolean
}

export function evidenceFor(books: Books, catalog: CatalogDefinition): Evidence {
  return new GrowingEvidence(waresOf(books, catalog), catalog)
}

class GrowingEvidence implements Evidence {
  readonly #wares: Wares
  readonly #catalog: CatalogDefinition
  #asked: readonly Body[] | null = null
  #first: Body | undefined
  #subset = new Subset()
  #taken = 0
  #reading: Reading | null = null

  constructor(wares: Wares, catalog: CatalogDefinition) {
    this.#wares = wares
    this.#catalog = catalog
  }

  vouches(subset: readonly Body[], question: Question): boolean {
    const isSame =
      subset === this.#asked && subset.length >= this.#taken && subset[0] === this.#first
    if (!isSame) {
      this.#asked = subset
      this.#first = subset[0]
      this.#subset = new Subset()
      this.#taken = 0
      this.#reading = null
    }
    for (; this.#taken < subset.length; this.#taken += 1) {
      this.#subset.add(subset[this.#taken] as Body)
      this.#reading = null
    }
    this.#reading ??= new Reading(this.#subset, this.#wares, this.#catalog)
    return this.#reading.vouches(question)
  }
}
