import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compileCatalog, type Catalog } from '../../../src/core/compile-catalog.ts'
import { Random } from '../../../src/sandbox/random.ts'
import { Holding, parcelOf, type Parcel } from '../../support/holding.ts'
import type { Body, StripeEvent } from '../../support/stripe/index.ts'
import { EVENTS_DIR, HAS_EVENTS } from '../../support/type-version-table.ts'
import { isMoneyOrTrial } from './captured-money.ts'

/** One customer's published events, from a real account, in many orders. */
export interface CapturedResult {
  readonly file: string
  readonly events: number
  readonly orders: number
  readonly deliveries: number
  /** The verdict at its end is one and the same. */
  readonly isSameInAllOrders: boolean
  /** Times that access was given while nothing received said money, trial or entitlement. */
  readonly unsafe: number
  /** `feature: state` of whom it is about, at the end. */
  readonly verdict: readonly string[]
}

/** A judge that is not our own sandbox; null where the folder is not there. */
export function runCaptured(seed: string, orders: number): CapturedResult[] | null {
  if (!HAS_EVENTS) return null
  return readdirSync(join(EVENTS_DIR, 'sequences'))
    .sort()
    .map((file) => runSequence(file, seed, orders))
}

function runSequence(file: string, seed: string, orders: number): CapturedResult {
  const lines = readFileSync(join(EVENTS_DIR, 'sequences', file), 'utf8')
    .trim()
    .split('\n')
  const events = lines.map((line) => JSON.parse(line) as StripeEvent)
  const parcels = events.flatMap((event) => openable(event))
  const catalog = catalogOf(events)
  const end = Math.max(...events.map(({ created }) => created)) + 60
  const verdicts = new Set<string>()
  let unsafe = 0
  let deliveries = 0
  for (let order = 0; order < orders; order += 1) {
    const random = new Random(`${seed} captured ${file} ${String(order)}`)
    const holding = new Holding()
    const bodies: Body[] = []
    for (const parcel of order === 0 ? parcels : disordered(parcels, random)) {
      deliveries += 1
      holding.add(parcel)
      bodies.push(parcel.body)
      const now = Math.max(...bodies.map((body) => (body as StripeEvent).created))
      if (isAnyoneServed(holding, catalog, now) && !bodies.some(isMoneyOrTrial)) unsafe += 1
    }
    verdicts.add(JSON.stringify(verdictOf(holding, catalog, end)))
  }
  return {
    file,
    events: parcels.length,
    orders,
    deliveries,
    isSameInAllOrders: verdicts.size === 1,
    unsafe,
    verdict: JSON.parse([...verdicts][0] ?? '[]') as string[],
  }
}

/** Hand-made bodies without an id are refused at the door. */
function openable(event: StripeEvent): Parcel[] {
  try {
    return [parcelOf(event)]
  } catch {
    return []
  }
}

/** A product of everything that was ever bought in the sequence. */
function catalogOf(events: readonly StripeEvent[]): Catalog {
  const prices = [...idsOf(['price', 'plan'], events)].sort()
  const compiled = compileCatalog({
    features: { anything: { type: 'flag' }, seats: { type: 'quantity' } },
    products:
      prices.length === 0
        ? {}
        : { everything: { match: { prices }, grants: { anything: true, seats: 'quantity' } } },
  })
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems))
  return compiled.catalog
}

function idsOf(
  names: readonly string[],
  value: unknown,
  found: Set<string> = new Set(),
): Set<string> {
  if (typeof value !== 'object' || value === null) return found
  const { object, id } = value as { object?: unknown; id?: unknown }
  if (names.includes(object as string) && typeof id === 'string') found.add(id)
  for (const part of Object.values(value)) idsOf(names, part, found)
  return found
}

/** Any order, three of ten twice. */
function disordered(parcels: readonly Parcel[], random: Random): Parcel[] {
  const left = [...parcels, ...parcels.filter(() => random.next() < 0.3)]
  return Array.from({ length: left.length }, () =>
    left.splice(random.integer(left.length), 1),
  ).flat()
}

function isAnyoneServed(holding: Holding, catalog: Catalog, at: number): boolean {
  return Object.values(holding.evaluate(catalog, at)).some(({ features }) =>
    Object.values(features).some(({ allowed }) => allowed),
  )
}

function verdictOf(holding: Holding, catalog: Catalog, at: number): string[] {
  return Object.entries(holding.evaluate(catalog, at))
    .flatMap(([customer, { features }]) =>
      Object.entries(features).map(
        ([feature, { state, value, until }]) =>
          `${customer} ${feature}: ${state} ${String(value)} ${String(until)}`,
      ),
    )
    .sort()
}
