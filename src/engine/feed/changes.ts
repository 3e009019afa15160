import { ProvisoError } from '../../errors.ts'
import type { Database } from '../../store/database.ts'
import { readChangesAfter } from '../../store/statements/changes-feed.ts'
import { readPosition } from '../../store/statements/changes.ts'
import type { ChangesPage, ChangesQuery } from '../engine.ts'
import { toChange } from './change-row.ts'
import { createWaitingRoom } from './waiting-room.ts'

export interface Feed {
  changes(query: ChangesQuery): Promise<ChangesPage>
  /** Resolves when a change later than `after` may be there, after `waitMs`, or when aborted. */
  waitForChanges(after: number, waitMs: number, signal?: AbortSignal): Promise<void>
  /** Called after the commit that wrote changes up to this position: wakes who waits in this process. */
  notify(position: number): void
  /** Lets everyone go who waits. */
  close(): Promise<void>
}

export interface FeedOptions {
  /** Milliseconds between looks at what other processes wrote; only while someone waits. @defaultValue 1000 */
  pollMs?: number
}

const DEFAULT_LIMIT = 100
const MAX_LIMIT = 1000

/**
 * Reads the feed. Positions are handed out in one serial step that lasts until its transaction
 * commits, so "after position N" never misses a change that commits late.
 */
export function createFeed(db: Database, { pollMs = 1000 }: FeedOptions = {}): Feed {
  const room = createWaitingRoom({ readPosition: () => readPosition(db), pollMs })
  return {
    async changes({ after = 0, limit = DEFAULT_LIMIT, customer }) {
      if (!Number.isSafeInteger(after) || after < 0) throw notAPosition(after)
      const size = Math.min(Math.max(1, Math.trunc(limit)), MAX_LIMIT)
      const { head, rows } = await readChangesAfter(db, {
        after,
        customer: customer ?? null,
        limit: size + 1,
      })
      const changes = rows.slice(0, size).map(toChange)
      const hasMore = rows.length > size
      // A short page has looked at everything up to the head, also at what its filter left out.
      const last = hasMore ? (changes.at(-1)?.position ?? after) : Number(head)
      return { changes, next: Math.max(after, last), hasMore }
    },
    waitForChanges: (after, waitMs, signal) => room.wait(after, waitMs, signal),
    notify: (position) => room.notify(position),
    close: () => room.close(),
  }
}

function notAPosition(after: number): ProvisoError {
  return new ProvisoError(
    'invalid_request',
    `after is ${after}: it must be 0 or the \`next\` of an earlier page.`,
  )
}
