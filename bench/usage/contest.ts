import { median } from '../measure/quantile.ts'
import type { BenchServer } from '../server.ts'
import { measureTurn, type TurnSample } from './measure-turn.ts'
import type { Work } from './subject.ts'
import { createUsers, type Users } from './users.ts'

/** One line of the report: what is done, how many do it at once, to how many customers. */
export interface Contestant {
  name: string
  work: Work
  callers: number
  /** Customers in the database. */
  users: number
  /** Of them, how many are asked about. */
  touched: number
  /** Name of the contestant it is compared with, round by round. */
  against: string | null
}

const MANY = 10_000

export const CONTESTANTS: readonly Contestant[] = [
  line('floor', 'floor', 64, null),
  line('track', 'track', 64, 'floor'),
  line('track, one hot customer', 'track', 64, 'floor', { touched: 1 }),
  line('consume', 'consume', 64, 'floor'),
  line('consume, one hot customer', 'consume', 64, 'consume', { touched: 1 }),
  line('floor, 1,000 callers', 'floor', 1000, null),
  line('track, 1,000 callers', 'track', 1000, 'floor, 1,000 callers'),
  line('lookup by primary key', 'lookup', 64, null),
  line('check', 'check', 64, 'lookup by primary key'),
  line('track among 1,000 customers', 'track', 64, null, { users: 1_000 }),
  line('track among 100,000 customers', 'track', 64, 'track among 1,000 customers', {
    users: 100_000,
  }),
  line('track among 1,000,000 customers', 'track', 64, 'track among 1,000 customers', {
    users: 1_000_000,
  }),
  line('check among 1,000,000 customers', 'check', 64, 'check', { users: 1_000_000 }),
]

function line(
  name: string,
  work: Work,
  callers: number,
  against: string | null,
  { users = MANY, touched = users }: { users?: number; touched?: number } = {},
): Contestant {
  return { name, work, callers, users, touched, against }
}

export interface ContestantResult extends Contestant {
  /** One per round. */
  samples: TurnSample[]
}

/** Every round measures every contestant once, so whatever slows the machine for a while slows all. */
export async function runContest(
  server: BenchServer,
  { rounds, seconds }: { rounds: number; seconds: number },
  statements: () => number,
  onStep: (name: string) => void,
): Promise<ContestantResult[]> {
  const places = new Map<number, Users>()
  for (const count of new Set(CONTESTANTS.map(({ users }) => users))) {
    onStep(`filling in ${count.toLocaleString('en-US')} customers`)
    places.set(count, await createUsers(server, count))
  }
  const results = CONTESTANTS.map((contestant): ContestantResult => ({
    ...contestant,
    samples: [],
  }))
  for (let round = 1; round <= rounds; round += 1) {
    for (const result of results) {
      onStep(`round ${round}/${rounds} · ${result.name}`)
      const url = places.get(result.users)?.url ?? ''
      result.samples.push(await measureTurn(server, url, result, { seconds, statements }))
    }
  }
  return results
}

export function contestSteps(rounds: number): number {
  return new Set(CONTESTANTS.map(({ users }) => users)).size + rounds * CONTESTANTS.length
}

/** Median of the rounds' own ratios. */
export function ratioOf(
  result: ContestantResult,
  results: readonly ContestantResult[],
  figure: (sample: TurnSample) => number | null,
): number | null {
  const other = results.find(({ name }) => name === result.against)
  if (other === undefined) return null
  const ratios = result.samples.flatMap((sample, round) => {
    const own = figure(sample)
    const its = other.samples[round] === undefined ? null : figure(other.samples[round])
    return own === null || its === null || its === 0 ? [] : [own / its]
  })
  return ratios.length === 0 ? null : median(ratios)
}
