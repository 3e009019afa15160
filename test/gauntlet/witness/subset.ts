import type { Body, Json } from '../../support/stripe/index.ts'
import { type Sight, sightOf } from './sight.ts'

/** A set of bodies, sorted by what they tell of. It only grows. */
export class Subset {
  readonly #bodies = new Set<Body>()
  readonly #byKind = new Map<string, Sight[]>()
  readonly #byId = new Map<string, Sight[]>()
  readonly #mentioning = new Map<string, Sight[]>()

  get size(): number {
    return this.#bodies.size
  }

  add(body: Body): void {
    if (this.#bodies.has(body)) return
    this.#bodies.add(body)
    const sight = sightOf(body)
    push(this.#byKind, sight.kind, sight)
    // A summary of entitlements has no id of its own.
    if (sight.id !== '') push(this.#byId, sight.id, sight)
    for (const id of sight.ids) push(this.#mentioning, id, sight)
  }

  ofKind(kind: string): readonly Sight[] {
    return this.#byKind.get(kind) ?? []
  }

  /** What tells of this object itself. */
  of(id: string): readonly Sight[] {
    return this.#byId.get(id) ?? []
  }

  /** Whatever names it. */
  mentioning(id: string, kind?: string): readonly Sight[] {
    const all = this.#mentioning.get(id) ?? []
    return kind === undefined ? all : all.filter((sight) => sight.kind === kind)
  }

  /**
   * Whether an object of the money (a charge, refund, dispute or intent) can be traced to `target`:
   * it names it, or something else seen names both.
   */
  isJoined(money: Json, target: string): boolean {
    const ids = [money['payment_intent'], money['charge'], money['id'], money['latest_charge']]
    const named = ids.filter((id) => typeof id === 'string')
    if (named.includes(target) || money['invoice'] === target) return true
    // Of two charges that share an intent, what one pays the other pays.
    const intent = String(money['payment_intent'])
    return this.mentioning(target).some(
      ({ kind, id: told, ids: seen }) =>
        told === money['id'] ||
        (kind === money['object'] ? seen.has(intent) : named.some((id) => seen.has(id))),
    )
  }
}

function push<K>(map: Map<K, Sight[]>, key: K, sight: Sight): void {
  const known = map.get(key)
  if (known === undefined) map.set(key, [sight])
  else known.push(sight)
}
