import type { Json } from '../../support/stripe/index.ts'
import { latestOf, type Sight } from './sight.ts'
import type { Subset } from './subset.ts'
import type { Wares } from './wares.ts'

/** Whose a source may be, by what a subset says (SPEC, R29). */
export class Names {
  readonly #subset: Subset
  readonly #key: string
  readonly #trust: Wares['policy']['trustClientReferenceId']

  constructor(subset: Subset, { policy }: Wares) {
    this.#subset = subset
    this.#key = policy.customerIdMetadataKey
    this.#trust = policy.trustClientReferenceId
  }

  ofSubscription(id: string): Set<string> {
    const own = this.#metadata(this.#subset.of(id))
    if (own.size > 0) return own
    const sessions = this.#subset.mentioning(id, 'checkout.session')
    const named = this.#sessions(sessions)
    const invoices = this.#subset.mentioning(id, 'invoice')
    // Unseen itself, its bills repeat its metadata, or have some of their own.
    const isSeen = this.#subset.of(id).length > 0
    for (const { object } of isSeen ? [] : invoices) {
      const parent = (object['parent'] ?? {}) as Json
      const details = (parent['subscription_details'] ?? object['subscription_details']) as Json
      this.#note(named, details)
      this.#note(named, object)
    }
    if (named.size > 0) return named
    return this.#fallback([...this.#subset.of(id), ...sessions, ...invoices], id)
  }

  ofSession(id: string): Set<string> {
    const sights = this.#subset.of(id)
    const named = this.#sessions(sights)
    return named.size > 0 ? named : this.#fallback(sights, id)
  }

  ofInvoice(id: string): Set<string> {
    const sights = this.#subset.of(id)
    const named = this.#metadata(sights)
    for (const { object } of sights) {
      const parent = (object['parent'] ?? {}) as Json
      this.#note(named, (parent['subscription_details'] ?? object['subscription_details']) as Json)
    }
    return named.size > 0 ? named : this.#fallback(sights, id)
  }

  ofIntent(id: string): Set<string> {
    const sights = this.#subset.of(id)
    const named = this.#metadata(sights)
    return named.size > 0 ? named : this.#fallback(sights, id)
  }

  /** What the customer says of itself; else what its other sources say; and its own id. */
  ofCustomer(customer: string): Set<string> {
    const latest = latestOf(
      this.#subset.of(customer).filter(({ object }) => object['deleted'] !== true),
    )
    const said = this.#metadata(latest)
    const isCertain = latest.length > 0 && latest.every((sight) => this.#metadata([sight]).size > 0)
    if (isCertain) return said
    const known = new Set([customer, ...said])
    for (const sight of this.#subset.mentioning(customer)) {
      if (sight.object['customer'] !== customer) continue
      const { kind } = sight
      const names =
        kind === 'checkout.session'
          ? this.#sessions([sight])
          : kind === 'subscription'
            ? this.#metadata([sight])
            : []
      for (const name of names) known.add(name)
    }
    return known
  }

  #fallback(sights: readonly Sight[], id: string): Set<string> {
    const customers = sights.flatMap(({ object }) => {
      const { customer } = object
      return typeof customer === 'string' ? [customer] : []
    })
    const names = new Set<string>(customers.length === 0 ? [id] : [])
    // A payload from before it was known who buys leaves the source's own id standing.
    if (sights.some(({ object }) => (object['customer'] ?? null) === null)) names.add(id)
    for (const customer of new Set(customers)) {
      for (const name of this.ofCustomer(customer)) names.add(name)
    }
    return names
  }

  #metadata(sights: readonly Sight[]): Set<string> {
    const names = new Set<string>()
    for (const { object } of sights) this.#note(names, object)
    return names
  }

  #sessions(sights: readonly Sight[]): Set<string> {
    const named = this.#metadata(sights)
    if (named.size > 0 || this.#trust === 'never') return named
    for (const { object } of sights) {
      const reference = object['client_reference_id']
      if (this.#trust === 'exceptPaymentLinks' && (object['payment_link'] ?? null) !== null)
        continue
      if (typeof reference === 'string') named.add(reference)
    }
    return named
  }

  #note(names: Set<string>, object: Json | null | undefined): void {
    const metadata = (object?.['metadata'] ?? {}) as Json
    const name = metadata[this.#key]
    if (typeof name === 'string' && name !== '') names.add(name)
  }
}
