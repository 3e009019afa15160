import { routeOf, type Link } from '../../core/route.ts'
import type { AnySnapshot, Scope } from '../../core/fact.ts'
import { reduce } from '../../stripe/reduce.ts'
import type { PendingObservation } from '../../store/statements/pending.ts'

/** An observation with what it tells and where that belongs. */
export interface Routed {
  seq: bigint
  id: string
  kind: PendingObservation['kind']
  scope: Scope
  problem: string | null
  snapshots: { key: string; snapshot: AnySnapshot }[]
  links: Link[]
  /** Test clocks that these objects say they are on. */
  clocks: string[]
}

/** Ids travel as keys of tables: what no Stripe id looks like is not followed. */
const ID = /^[\x21-\x7e]{1,255}$/
const MANUAL = /^manual\/./

export function routeObservation(row: PendingObservation): Routed {
  const { snapshots, problem } = reduce({
    kind: row.kind,
    id: row.id,
    type: row.type,
    created: Number(row.created),
    body: parse(row.body),
  })
  const routed: Routed = {
    seq: row.seq,
    id: row.id,
    kind: row.kind,
    scope: { account: row.account, livemode: row.livemode },
    problem: problem === null ? null : `${problem.code}: ${problem.message}`,
    snapshots: [],
    links: [],
    clocks: [],
  }
  for (const snapshot of snapshots) {
    const route = routeOf(snapshot)
    const key = isKey(route.key) ? route.key : snapshot.object
    routed.snapshots.push({ key, snapshot })
    routed.links.push(...route.links.filter(({ object, parent }) => isKey(object) && isKey(parent)))
    const clock = clockOf(snapshot)
    if (clock !== null && isKey(clock)) routed.clocks.push(clock)
  }
  return routed
}

function clockOf(snapshot: AnySnapshot): string | null {
  if (snapshot.type !== 'customer' && snapshot.type !== 'subscription') return null
  return snapshot.after?.testClock ?? null
}

function isKey(id: string): boolean {
  return ID.test(id) || (MANUAL.test(id) && !id.includes('\u0000'))
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body))
  } catch {
    // Intake refuses what is not JSON; a row put there by other means reduces to nothing.
    return null
  }
}
