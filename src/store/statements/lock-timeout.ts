import type { Queryable } from '../database.ts'

export const SET_LOCK_TIMEOUT = `select set_config('lock_timeout', $1::text, true)`

/** For the rest of this transaction: whoever waits for a lock longer than this fails with 55P03. */
export async function setLockTimeout(tx: Queryable, milliseconds: number): Promise<void> {
  await tx.query(SET_LOCK_TIMEOUT, [`${milliseconds}ms`])
}
