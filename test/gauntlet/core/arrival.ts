import { Random } from '../../../src/sandbox/random.ts'
import type { Mail } from './mail.ts'
import type { Parcel } from './parcel.ts'

/** One way for a story to come in. */
export interface Arrival {
  /** What kind of disorder it is, for people. */
  readonly kind: string
  readonly parcels: readonly Parcel[]
  /**
   * The engine drops what can no longer matter where nothing comes later than Stripe may deliver it
   * (SPEC, S3): of the arrivals that keep to this, half are run so.
   */
  readonly isCompacting: boolean
  /**
   * Sets of snapshots are shared with other arrivals, which is quick and takes for granted that their
   * order is no matter; every third arrival takes nothing for granted.
   */
  readonly isShared: boolean
  /** Draws the seconds asked for on the way. */
  readonly random: Random
}

/** Events beyond which not every order can be tried. */
export const EXHAUSTIVE = 7

/** In how many orders what tells something can come; Infinity: too many to try each. */
export function ordersOf(mail: Mail): number {
  const count = mail.telling.length
  if (count > EXHAUSTIVE) return Infinity
  let orders = 1
  for (let factor = 2; factor <= count; factor += 1) orders *= factor
  return orders
}

/** The arrival of this number: the same seed, the same arrival. */
export function arrivalOf(mail: Mail, seed: string, order: number, isExhaustive: boolean): Arrival {
  const random = new Random(`${seed} ${String(order)}`)
  const [kind, events] = isExhaustive
    ? (['every order', permuted(mail, order, random)] as const)
    : disordered(mail, random)
  const reads = random.next() < 0.5 ? mail.reads : []
  const arriving = withDoubles(mail, events, random)
  for (const read of reads) arriving.splice(random.integer(arriving.length + 1), 0, read)
  const parcels = withRepeats(withHoles(arriving, random), random)
  const isCompacting = random.next() < 0.5 && isTimely(parcels)
  return { kind, isCompacting, isShared: order % 3 !== 0, random, parcels }
}

/** Stripe delivers an event 30 days late at most (stripe-facts 0e). */
function isTimely(parcels: readonly Parcel[]): boolean {
  let newest = -Infinity
  return parcels.every(({ at }) => {
    newest = Math.max(newest, at)
    return newest - at <= 30 * 86_400
  })
}

/** Each event in one of both shapes; some are told by a second Event object, now or later. */
function withDoubles(mail: Mail, events: readonly number[], random: Random): Parcel[] {
  const parcels = events.map((event) => mail.parcel(event, random.integer(2)))
  const isNear = random.next() < 0.5
  for (const { event, parts } of [...parcels]) {
    if (parts.length === 0 || random.next() < 0.8) continue
    const double = mail.double(event, random.integer(2), random.integer(2))
    const place = parcels.findIndex((parcel) => parcel.event === event)
    const to = isNear ? place - 4 + random.integer(9) : random.integer(parcels.length + 1)
    parcels.splice(Math.max(0, to), 0, double)
  }
  return parcels
}

/** One permutation by its number; what tells nothing comes in between. */
function permuted(mail: Mail, order: number, random: Random): number[] {
  const left = [...mail.telling]
  const events: number[] = []
  for (let rest = order; left.length > 0;) {
    const place = rest % left.length
    rest = Math.floor(rest / left.length)
    events.push(...left.splice(place, 1))
  }
  for (const silent of mail.silent) events.splice(random.integer(events.length + 1), 0, silent)
  return events
}

function disordered(mail: Mail, random: Random): [string, number[]] {
  const all = mail.events
  const drawn = random.next()
  if (drawn < 0.55) return ['any order', shuffled(all, random)]
  if (drawn < 0.75)
    return ['shuffled in clusters', mail.clusters.flatMap((c) => shuffled(c, random))]
  if (drawn < 0.92) {
    const reach = 2 + random.integer(8)
    const places = all.map((event, place) => ({ event, place: place + random.next() * reach }))
    return ['nearly in order', places.sort((a, b) => a.place - b.place).map(({ event }) => event)]
  }
  return ['backwards', all.toReversed()]
}

function shuffled(events: readonly number[], random: Random): number[] {
  const left = [...events]
  return Array.from({ length: left.length }, () =>
    left.splice(random.integer(left.length), 1),
  ).flat()
}

/** Some are missing until all the others are there. */
function withHoles(parcels: readonly Parcel[], random: Random): Parcel[] {
  if (random.next() < 0.5) return [...parcels]
  const share = random.next() * 0.3
  const late = new Set(parcels.filter(() => random.next() < share))
  return [...parcels.filter((parcel) => !late.has(parcel)), ...late]
}

/** Three of ten come a second time, at once or any time later. */
function withRepeats(parcels: readonly Parcel[], random: Random): Parcel[] {
  const all: Parcel[] = []
  const waiting: Parcel[] = []
  for (const parcel of parcels) {
    all.push(parcel)
    if (waiting.length > 0 && random.next() < 0.4) {
      all.push(...waiting.splice(random.integer(waiting.length), 1))
    }
    if (random.next() < 0.3) waiting.push(parcel)
  }
  return [...all, ...waiting]
}
