import type { Catalog } from '../../core/compile-catalog.ts'
import type { Scope } from '../../core/fact.ts'
import { ProvisoError, isProvisoError } from '../../errors.ts'
import { checkObject } from '../check-input.ts'
import { endingOf, isEnding, useOf, type Operation, type Use } from './operation.ts'
import type { Answer } from './usage-answer.ts'
import type { UsageBatches } from './usage-batches.ts'
import type {
  ConsumeAnswer,
  FinaliseAnswer,
  ReleaseAnswer,
  ReserveAnswer,
  TrackAnswer,
  TrackLine,
  UsageEngine,
  UsageEvent,
} from './usage-contract.ts'

export interface UsageOptions {
  catalog: Catalog
  tracks: { submit: (use: Use) => Promise<TrackAnswer> }
  /** What takes of a ledger: one for each transaction that may be under way. */
  lanes: readonly UsageBatches<Operation, Answer>[]
  scopeOf: (scope: Partial<Scope>) => Promise<Scope>
  /** Rejects where this process must not record with its own catalog. */
  assertReady: () => Promise<void>
}

/** Lines of one `trackMany` at most. */
export const MAX_LINES = 1000

const A_USE = 'customer, feature and quantity'

/** What is used up: recorded, counted and refused. Every answer comes after its commit. */
export function createUsage({
  catalog,
  tracks,
  lanes,
  scopeOf,
  assertReady,
}: UsageOptions): Omit<UsageEngine, 'usage'> {
  /** The end of a reservation may go any way: the ledger's lock keeps it in order. */
  function laneOf(operation: Operation): UsageBatches<Operation, Answer> {
    const name = isEnding(operation) ? operation.id : operation.customer
    return lanes[spread(name) % lanes.length] as UsageBatches<Operation, Answer>
  }

  async function submit<A extends Answer>(operation: Operation): Promise<A> {
    // The answer has the kind of its operation.
    return (await laneOf(operation).submit(operation)) as A
  }

  async function record(event: UsageEvent): Promise<TrackAnswer> {
    checkObject(event, 'use', A_USE)
    return tracks.submit(useOf(catalog, 'track', event, await scopeOf(event)))
  }

  async function take<A extends Answer>(
    kind: 'consume' | 'reserve',
    request: UsageEvent,
  ): Promise<A> {
    await assertReady()
    checkObject(request, 'use', A_USE)
    return submit<A>(useOf(catalog, kind, request, await scopeOf(request)))
  }

  return {
    async track(event) {
      await assertReady()
      return record(event)
    },
    consume: (request) => take<ConsumeAnswer>('consume', request),
    reserve: (request) => take<ReserveAnswer>('reserve', request),
    async finalise(request) {
      checkObject(request, 'end of a reservation', 'its id and the quantity')
      await assertReady()
      return submit<FinaliseAnswer>(endingOf('finalise', request, await scopeOf(request)))
    },
    async release(request) {
      checkObject(request, 'end of a reservation', 'its id')
      await assertReady()
      return submit<ReleaseAnswer>(endingOf('release', request, await scopeOf(request)))
    },

    async trackMany(events) {
      if (!Array.isArray(events)) {
        throw new ProvisoError(
          'invalid_request',
          `trackMany takes a list of uses: put each, an object with ${A_USE}, into an array.`,
        )
      }
      if (events.length > MAX_LINES) {
        throw new ProvisoError(
          'invalid_request',
          `${events.length} uses are more than one call takes: send up to ${MAX_LINES} at once.`,
          { details: { lines: events.length, most: MAX_LINES } },
        )
      }
      await assertReady()
      const answers = await Promise.allSettled(events.map((event) => record(event)))
      const lines = answers.map(lineOf)
      const [first] = lines
      // Where nothing at all could be recorded, the call has failed, not its lines.
      const isDown = lines.every((line) => !line.ok && isInfrastructure(line.error))
      if (first !== undefined && !first.ok && isDown) throw first.error
      return lines
    },
  }
}

/** FNV-1a: the same name always gives the same number. */
function spread(name: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < name.length; index++) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193)
  }
  return hash >>> 0
}

function lineOf(answer: PromiseSettledResult<TrackAnswer>): TrackLine {
  return answer.status === 'fulfilled'
    ? { ok: true, answer: answer.value }
    : { ok: false, error: answer.reason as unknown }
}

function isInfrastructure(error: unknown): boolean {
  return !isProvisoError(error) || error.isRetryable || error.status >= 500
}
