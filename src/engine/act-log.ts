import { createHash } from 'node:crypto'
import type { Scope } from '../core/fact.ts'
import type { Database, Queryable } from '../store/database.ts'
import { findActs, lockGrantIds } from '../store/statements/acts.ts'
import { insertObservations } from '../store/statements/observations.ts'
import type { ManualBody } from '../stripe/observation.ts'
import { hashBody } from './body-hash.ts'

export interface ActLog {
  /**
   * Records a grant unless anything is on record under its id, whoever it was for. Answers what is:
   * nothing when it was recorded now.
   */
  grant(scope: Scope, body: ManualBody): Promise<ManualBody[]>
  /** Records revocations; answers the ids of the grants that had none before. */
  revoke(scope: Scope, bodies: readonly ManualBody[]): Promise<string[]>
}

/**
 * A person's acts among the observations. Looking and recording are one transaction that holds the
 * grant's id, so that two who ask for one id at once never both get it.
 */
export function createActLog(database: Database): ActLog {
  return {
    grant: (scope, body) =>
      database.transaction(async (tx) => {
        await lockGrantIds(tx, scope, [body.id])
        const known = await readActs(tx, scope, [actId('grant', body.id), actId('revoke', body.id)])
        if (known.length === 0) await record(tx, scope, [body])
        return known
      }),

    revoke: (scope, bodies) =>
      database.transaction(async (tx) => {
        const ids = bodies.map(({ id }) => id)
        await lockGrantIds(tx, scope, ids)
        const known = await readActs(
          tx,
          scope,
          ids.map((id) => actId('revoke', id)),
        )
        const revoked = new Set(known.map(({ id }) => id))
        const open = bodies.filter(({ id }) => !revoked.has(id))
        await record(tx, scope, open)
        return open.map(({ id }) => id)
      }),
  }
}

async function readActs(
  tx: Queryable,
  scope: Scope,
  ids: readonly string[],
): Promise<ManualBody[]> {
  const decoder = new TextDecoder()
  return (await findActs(tx, scope, ids)).map(
    (bytes) => JSON.parse(decoder.decode(bytes)) as ManualBody,
  )
}

async function record(tx: Queryable, scope: Scope, bodies: readonly ManualBody[]): Promise<void> {
  if (bodies.length === 0) return
  await insertObservations(
    tx,
    bodies.map((body) => {
      const bytes = new TextEncoder().encode(JSON.stringify(body))
      return {
        account: scope.account,
        livemode: scope.livemode,
        kind: 'manual',
        id: actId(body.act, body.id),
        hash: hashBody(bytes),
        type: `proviso.${body.act}`,
        created: body.from,
        body: bytes,
      }
    }),
  )
}

/** The same act on the same grant has one id, however often it is asked for. */
function actId(act: ManualBody['act'], grant: string): string {
  const digest = createHash('sha256').update(`${act}\n${grant}`).digest('hex')
  return `act_${digest.slice(0, 24)}`
}
