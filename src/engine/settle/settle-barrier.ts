import { ProvisoError } from '../../errors.ts'
import type { Database } from '../../store/database.ts'
import { isPendingUpTo, readBacklog } from '../../store/statements/pending.ts'
import type { Settler } from './settler.ts'

export interface SettleBarrierOptions {
  database: Database
  settler: Settler
  /** Called with the feed's position after each look. */
  onSettled: (position: number | null) => void
}

/** Milliseconds between looks at what another process holds. */
const REST = 20

/** Where whoever needs to see what was received so far waits until it is settled, by whichever process. */
export function createSettleBarrier({ database, settler, onSettled }: SettleBarrierOptions) {
  const waiting = new Set<() => void>()
  let isClosed = false

  async function settle(): Promise<void> {
    const target = (await readBacklog(database)).newest
    while (!isClosed) {
      const { position } = await settler.run()
      onSettled(position)
      if (!(await isPendingUpTo(database, target))) return
      await new Promise((resolve) => setTimeout(resolve, REST))
    }
  }

  return {
    /** Rejects with `shutting_down` when closing comes first. @param kept what to tell them then. */
    pass(kept = 'What was received is kept: ask again.'): Promise<void> {
      if (isClosed) return Promise.reject(closedError(kept))
      return new Promise((resolve, reject) => {
        const leave = () => reject(closedError(kept))
        waiting.add(leave)
        void settle()
          .then(resolve, reject)
          .finally(() => waiting.delete(leave))
      })
    },

    /** Before anything is recorded that would have to be waited for. */
    assertOpen(): void {
      if (isClosed) throw closedError('Nothing was recorded: ask again.')
    },

    /** Another process may hold what is waited for, and for how long nobody here knows: everyone leaves. */
    close(): void {
      isClosed = true
      for (const leave of waiting) leave()
    },
  }
}

function closedError(rest: string): ProvisoError {
  return new ProvisoError(
    'shutting_down',
    `The engine closed before everything was settled. ${rest}`,
    { isRetryable: true },
  )
}
