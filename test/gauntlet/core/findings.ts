import type { Finding } from './result.ts'

/** More different ones than this of a kind tell nothing new. */
const LIMIT = 12

/** Mistakes of one kind in one story, each told once with how often it was met. */
export class Findings {
  readonly #found = new Map<string, Finding>()
  #lastOrder = new Map<string, number>()

  add(order: number, finding: Omit<Finding, 'arrivals'>): void {
    const { customer, feature, got, expected } = finding
    const withoutTime = (text: string) => text.replace(/until \S+/, '')
    const key = [customer, feature, withoutTime(got), expected].join('\n')
    const known = this.#found.get(key)
    if (this.#lastOrder.get(key) === order) return
    this.#lastOrder.set(key, order)
    if (known !== undefined) known.arrivals += 1
    else if (this.#found.size < LIMIT) this.#found.set(key, { ...finding, arrivals: 1 })
  }

  get all(): Finding[] {
    return [...this.#found.values()]
  }
}
