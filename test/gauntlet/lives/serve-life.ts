import type { Engine } from '../../../src/engine/engine.ts'
import { Random } from '../../../src/sandbox/random.ts'
import type { Database } from '../../../src/store/database.ts'
import { emptyDatabase, openEngine, storedVerdicts, type TestEngine } from '../../support/engine.ts'
import type { Oracle } from '../oracle-contract.ts'
import { booksReader } from './books-reader.ts'
import { deliveriesOf, shuffled, type Delivery } from './deliveries.ts'
import { compareWithDue, type Found, type Mismatch } from './mismatch.ts'
import type { Told } from './play-life.ts'

export interface Serving {
  readonly oracle: Oracle
  /** Migrated; emptied before the life. */
  readonly database: Database
  /** Decides order, chaos and the seconds looked at. */
  readonly seed: string
}

/** Seconds of a life at which access is compared, beside its end. */
const LOOKS = 3
/** The share of what has come before that comes once more. */
const RESENT = 0.05
const BUDGET = { budgetMs: 60_000 }

/** The real engine's answers along a life, beside what was due; then whether its books are clean. */
export async function* serveLife(
  told: Told,
  { oracle, database, seed }: Serving,
): AsyncGenerator<readonly Mismatch[]> {
  const { books, catalog, start, end } = told
  const random = new Random(seed)
  const deliveries = shuffled(deliveriesOf(told, random), random)
  const seconds = Array.from({ length: LOOKS }, () => start + 1 + random.integer(end - start - 1))
  await emptyDatabase(database)
  // Nothing has come yet, not even of the first second.
  const clock = { at: start - 1 }
  const tested = await openEngine(database, {
    catalog,
    at: clock.at,
    stripe: booksReader(told, clock),
    mode: 'serverless',
  })
  const moveTo = (second: number) => {
    clock.at = second
    tested.clock.at = second
  }
  try {
    for (const second of [...new Set([...seconds, end])].sort((a, b) => a - b)) {
      const from = clock.at
      const between = from + random.integer(second - from + 1)
      // A part of what is there by then comes late: with the rest.
      const early = deliveries.filter(
        ({ created }) => created > from && created <= between && random.next() < 0.7,
      )
      moveTo(between)
      await take(tested, early)
      const isEarly = new Set(early)
      moveTo(second)
      await take(
        tested,
        deliveries.filter((delivery) =>
          delivery.created <= from
            ? random.next() < RESENT
            : delivery.created <= second && !isEarly.has(delivery),
        ),
      )
      const found = await answers(tested.engine, database)
      yield compareWithDue(second, oracle.due(books, catalog, second), found, catalog)
    }
    yield await faultsOf(tested, end)
  } finally {
    await tested.close()
  }
}

/** Makes them durable and settles, with the reads that are asked for on the way. */
async function take(tested: TestEngine, deliveries: readonly Delivery[]): Promise<void> {
  await tested.post(deliveries.map(({ body }) => body))
  await tested.engine.tick(BUDGET)
  await tested.engine.tick(BUDGET)
}

/** What the service answers of everyone it knows. */
async function answers(engine: Engine, database: Database): Promise<Found> {
  const known = await storedVerdicts(database)
  const found: Record<string, Found[string]> = {}
  for (const id of known.keys()) {
    const access = await engine.access(id)
    // Asked by Stripe's id, it answers for whom that turned out to be.
    if (access.customer === id) found[id] = access
  }
  return found
}

async function faultsOf({ engine, complaints }: TestEngine, at: number): Promise<Mismatch[]> {
  const { differences } = await engine.verify()
  const fault = (what: string, got: string): Mismatch => ({
    ...{ kind: 'books', at, customer: '', feature: '', needs: [], got },
    expected: 'books that follow from what came, and nothing to complain of',
    signature: `books ${what}`,
  })
  return [
    ...differences.map(({ kind, subject, message }) => fault(kind, `${subject}: ${message}`)),
    ...complaints.map(({ message, fields }) => fault(message, JSON.stringify(fields))),
  ]
}
