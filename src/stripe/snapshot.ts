import type { AnySnapshot, FactType, Snapshot } from '../core/fact.ts'
import { embeddedObjects } from './embedded.ts'
import { Fields } from './fields.ts'
import { identityOf } from './identity.ts'
import type { JsonHash } from './json.ts'
import type { Reduction } from './observation.ts'
import { preImage } from './pre-image.ts'
import { REDUCERS } from './reducers/table.ts'

/** Where a snapshot comes from: all of it but the state. */
export type Evidence = Pick<Snapshot, 'observation' | 'origin' | 'eventType' | 'at' | 'request'>

export type Problem = NonNullable<Reduction['problem']>

export const NOTHING: Reduction = { snapshots: [], problem: null }

/** The snapshot of one payload and of what it embeds; `previous` is the event's previous_attributes. */
export function takeSnapshots(
  type: FactType,
  payload: JsonHash,
  previous: JsonHash | null,
  evidence: Evidence,
): Reduction {
  const id = identityOf(type, payload)
  if (id === null) {
    return unreadableObject(
      `${evidence.observation} (${evidence.eventType}): its ${type} has no usable id ` +
        '(1 to 255 printable characters)',
    )
  }
  const parts = [
    takeSnapshot(type, id, payload, previous, evidence),
    ...embeddedObjects(type, payload, id).map((entry) =>
      takeSnapshots(entry.type, entry.payload, null, evidence),
    ),
  ]
  return {
    snapshots: parts.flatMap((part) => part.snapshots),
    problem: parts.find((part) => part.problem !== null)?.problem ?? null,
  }
}

function takeSnapshot<T extends FactType>(
  type: T,
  id: string,
  payload: JsonHash,
  previous: JsonHash | null,
  evidence: Evidence,
): Reduction {
  const problems: string[] = []
  const after = REDUCERS[type](new Fields(payload, type, problems), evidence.eventType, id)
  if (problems.length > 0) return unreadableFields(evidence, problems)
  const overlaid = previous === null ? null : preImage(payload, previous)
  const before =
    overlaid === null
      ? null
      : REDUCERS[type](new Fields(overlaid, `${type} before`, problems), evidence.eventType, id)
  const snapshot: Snapshot<T> = {
    type,
    object: id,
    ...evidence,
    after,
    // What the event says *now* still counts when only its past cannot be read.
    before: problems.length > 0 ? null : before,
  }
  return {
    snapshots: [asAnySnapshot(snapshot)],
    problem: problems.length > 0 ? unreadableFields(evidence, problems).problem : null,
  }
}

/** The snapshot of an object that Stripe says does not exist. */
export function absentSnapshot(type: FactType, id: string, evidence: Evidence): Reduction {
  const snapshot: Snapshot = { type, object: id, ...evidence, after: null, before: null }
  return { snapshots: [asAnySnapshot(snapshot)], problem: null }
}

export function unreadableObject(message: string): Reduction {
  return { snapshots: [], problem: { code: 'unreadable_object', message } }
}

function unreadableFields(evidence: Evidence, problems: readonly string[]): Reduction {
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
  const message = `${evidence.observation} (${evidence.eventType}): ${problems[0] ?? ''}${more}`
  return { snapshots: [], problem: { code: 'unreadable_field', message } }
}

/** TypeScript cannot see that a generic snapshot is one member of the union of all. */
function asAnySnapshot(snapshot: Snapshot): AnySnapshot {
  return snapshot as AnySnapshot
}
