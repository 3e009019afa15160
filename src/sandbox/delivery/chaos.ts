/** How badly deliveries go. All rates are shares of 1; the same seed gives the same mishaps. */
export interface Chaos {
  /** Each delivery is drawn from among this many that wait, at most: 1 keeps the order. */
  readonly reorder: number
  /** Share of deliveries that are made twice, the second at some later time. */
  readonly duplicate: number
  /** Up to this many seconds of the sandbox's time pass before a first attempt. */
  readonly delay: number
  /** Share of attempts that get lost on the way, to be retried like any failure. */
  readonly drop: number
  /** Share of deliveries that never happen: only the API still tells of them. */
  readonly lose: number
  /** Share of changes that make two Event objects, with ids of their own (stripe-facts §0 e). */
  readonly double: number
}

export const NO_CHAOS: Chaos = { reorder: 1, duplicate: 0, delay: 0, drop: 0, lose: 0, double: 0 }

/**
 * @throws {RangeError} naming the knob and the value.
 */
export function withChaos(base: Chaos, change: Partial<Chaos>): Chaos {
  for (const [knob, value] of Object.entries(change)) {
    const isRate = knob !== 'reorder' && knob !== 'delay'
    if (!(knob in NO_CHAOS)) {
      throw new RangeError(
        `chaos: no knob "${knob}"; there are ${Object.keys(NO_CHAOS).join(', ')}`,
      )
    }
    if (typeof value !== 'number' || !(value >= 0) || (isRate && value > 1)) {
      throw new RangeError(
        `chaos: ${knob} is ${String(value)}; it must be ${isRate ? 'a rate between 0 and 1' : 'a number of 0 or more'}`,
      )
    }
  }
  return { ...base, ...change }
}
