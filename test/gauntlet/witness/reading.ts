import type { CatalogDefinition } from '../../../src/core/catalog.ts'
import { carriedUntil } from './carried.ts'
import { Names } from './names.ts'
import { type Pass, passesUntil, purchasesOf } from './purchases.ts'
import { provisionalUntil } from './provisional.ts'
import { latestOf, listIn } from './sight.ts'
import type { Subset } from './subset.ts'
import { type View, viewOf } from './view.ts'
import type { Wares } from './wares.ts'

export interface Question {
  readonly customer: string
  readonly feature: string
  /** Unix seconds. */
  readonly at: number
}

/** What one subset says, read when it is first asked. */
export class Reading {
  readonly #subset: Subset
  readonly #wares: Wares
  readonly #catalog: CatalogDefinition
  readonly #names: Names
  #views: { view: View; names: ReadonlySet<string> }[] | null = null
  #passes: Pass[] | null = null

  constructor(subset: Subset, wares: Wares, catalog: CatalogDefinition) {
    this.#subset = subset
    this.#wares = wares
    this.#catalog = catalog
    this.#names = new Names(subset, wares)
  }

  vouches(question: Question): boolean {
    return this.#isCarried(question) || this.#isBought(question) || this.#isEntitled(question)
  }

  #isCarried({ customer, feature, at }: Question): boolean {
    this.#views ??= this.#subscriptions().map((id) => ({
      view: viewOf(this.#subset, this.#wares, id),
      names: this.#names.ofSubscription(id),
    }))
    return this.#views.some(({ view, names }) => {
      if (!names.has(customer)) return false
      const now = this.#frozen(view) ?? at
      return this.#wares.all.some(
        (ware) =>
          ware.features.has(feature) &&
          Math.max(carriedUntil(view, ware, now), provisionalUntil(view, ware)) > now,
      )
    })
  }

  /** On a test clock time is what the clock shows: the furthest that was heard (stripe-facts row 96). */
  #frozen({ snapshots, customer }: View): number | null {
    const owners = [...snapshots, ...this.#subset.of(customer ?? '')]
    const clock = owners.find(({ object }) => typeof object['test_clock'] === 'string')
    if (clock === undefined) return null
    const seconds = this.#subset
      .of(String(clock.object['test_clock']))
      .map(({ object }) => Number(object['frozen_time']))
    return seconds.length === 0 ? null : Math.max(...seconds)
  }

  #subscriptions(): string[] {
    const ids = new Set<string>()
    for (const kind of ['subscription', 'checkout.session', 'invoice']) {
      for (const { ids: seen } of this.#subset.ofKind(kind)) {
        for (const id of seen) if (id.startsWith('sub_') && !id.startsWith('sub_sched')) ids.add(id)
      }
    }
    return [...ids]
  }

  #isBought({ customer, feature, at }: Question): boolean {
    this.#passes ??= purchasesOf(this.#subset, this.#wares, this.#names)
    const passes = this.#passes.filter(({ names }) => names.has(customer))
    return this.#wares.all.some(
      (ware) =>
        ware.features.has(feature) &&
        passesUntil(
          passes.filter((pass) => pass.ware === ware),
          ware,
        ) > at,
    )
  }

  /** Stripe's own Entitlements list it, and the customer is not deleted (stripe-facts row 92). */
  #isEntitled({ customer, feature }: Question): boolean {
    const key = this.#catalog.features[feature]?.stripeFeature
    if (key === undefined) return false
    const summaries = [
      ...this.#subset.ofKind('entitlements.active_entitlement_summary'),
      ...this.#subset.ofKind('proviso.entitlements'),
    ]
    const owners = new Set(summaries.map(({ object }) => String(object['customer'])))
    return [...owners].some((owner) => {
      const isGone = this.#subset.of(owner).some(({ type }) => type === 'customer.deleted')
      if (isGone || !this.#names.ofCustomer(owner).has(customer)) return false
      const of = summaries.filter(({ object }) => object['customer'] === owner)
      const lists = ({ object }: (typeof of)[number]) =>
        listIn(object['entitlements'] ?? object).some((each) => each['lookup_key'] === key)
      const latest = latestOf(of)
      // Of more than ten a summary lists ten: what a whole one listed before may still be there.
      const isCut = latest.some(
        ({ object }) => (object['entitlements'] as { has_more?: boolean })?.has_more === true,
      )
      return latest.some(lists) || (isCut && of.some(lists))
    })
  }
}
