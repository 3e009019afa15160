import { compileCatalog, type Catalog } from '../../../src/core/compile-catalog.ts'
import { evaluate } from '../../../src/core/evaluate.ts'
import { Random } from '../../../src/sandbox/random.ts'
import type { Oracle } from '../oracle-contract.ts'
import { answerNeed } from './answer-needs.ts'
import { deliver, deliveriesOf, plainDeliveriesOf, shuffled, type Delivery } from './deliveries.ts'
import {
  compareWithDue,
  compareWithOrder,
  undecided,
  type Found,
  type Mismatch,
} from './mismatch.ts'
import type { Told } from './play-life.ts'

export interface Judging {
  readonly oracle: Oracle
  /** Decides order, chaos and the seconds looked at. */
  readonly seed: string
  /** How many seconds of the life are looked at, beside its end. */
  readonly looks: number
  /** Look at every turning point as well. */
  readonly isThorough?: boolean
}

/** How many lives are also compared with themselves told in order; every one while a failure shrinks. */
const IN_ORDER = 0.25

/** The core's answers along a life, beside what was due: the mismatches of one second after another. */
export function* judgeLife(
  told: Told,
  { oracle, seed, looks, isThorough = false }: Judging,
): Generator<readonly Mismatch[]> {
  const { catalog: definition, books, end } = told
  const compiled = compileCatalog(definition)
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems))
  const { catalog } = compiled
  const random = new Random(seed)
  const deliveries = deliveriesOf(told, random)
  const isOrdered = random.next() < IN_ORDER || isThorough
  const points = oracle.turningPoints(books, definition, end).filter((at) => at >= told.start)
  const seconds = new Set(secondsOf(told, points, looks, random))
  if (isThorough) for (const at of points) seconds.add(at).add(at - 1)
  for (const second of seconds) {
    const arrived = deliveries.filter(({ created }) => created <= second)
    const due = oracle.due(books, definition, second)
    const wrong = (heard: readonly Delivery[]) =>
      compareWithDue(second, due, decided(heard, catalog, second), definition)
    yield settle(told, second, wrong, shuffled(arrived, random))
  }
  if (!isOrdered) return
  const inOrder = decided(plainDeliveriesOf(told), catalog, end)
  const wrong = (heard: readonly Delivery[]) =>
    compareWithOrder(end, inOrder, decided(heard, catalog, end))
  yield settle(told, end, wrong, shuffled(deliveries, random))
}

/** As the engine reads again what an answer left open. */
const ROUNDS = 4

/** What is wrong, and which of it the reads that the core asks for would put right. */
function settle(
  told: Told,
  second: number,
  wrong: (heard: readonly Delivery[]) => Mismatch[],
  arrived: readonly Delivery[],
): Mismatch[] {
  const first = wrong(arrived)
  let left = first
  let heard = arrived
  for (let round = 0; round < ROUNDS; round += 1) {
    const needs = new Map(
      left.flatMap((one) => one.needs.map((need) => [`${need.type} ${need.object}`, need])),
    )
    if (needs.size === 0) break
    const reads = [...needs.values()].map((need) => deliver(answerNeed(told, need, second)))
    heard = [...heard, ...reads]
    left = wrong(heard)
  }
  const isLeft = ({ customer, feature }: Mismatch) =>
    left.some((one) => one.customer === customer && one.feature === feature)
  return first.map((mismatch) => (isLeft(mismatch) ? mismatch : undecided(mismatch)))
}

/** The end first; any seconds, the turning points themselves, and what comes right before. */
function secondsOf(
  { start, end }: Told,
  points: readonly number[],
  looks: number,
  random: Random,
): number[] {
  const seconds = [end]
  for (let look = 0; look < looks; look += 1) {
    const point = points[random.integer(Math.max(points.length, 1))]
    const isAnywhere = point === undefined || random.next() < 0.4
    seconds.push(
      isAnywhere
        ? start + random.integer(end - start)
        : Math.max(start, point - (random.next() < 0.4 ? 1 : 0)),
    )
  }
  return seconds
}

function decided(deliveries: readonly Delivery[], catalog: Catalog, at: number): Found {
  return evaluate(
    deliveries.flatMap(({ snapshots }) => snapshots),
    catalog,
    at,
  ).customers
}
