import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { createFeed, type Feed } from '../../src/engine/feed/changes.ts'
import type { Database, Queryable } from '../../src/store/database.ts'
import { testDatabases } from '../support/database.ts'
import { append, appendAll, emptyFeed, newChange } from './feed-fixture.ts'

const BOUND_MS = 20_000
const AN_HOUR = 3_600_000

/** The same database, and how many statements went to it. */
function counting(database: Database): Database & { count: number } {
  const counted = {
    ...database,
    count: 0,
    query<Row>(text: string, parameters?: readonly unknown[]) {
      counted.count += 1
      return database.query<Row>(text, parameters)
    },
  }
  return counted
}

describe.each(testDatabases)('the feed on $name', ({ name, open }) => {
  let db: Database
  let feed: Feed
  beforeAll(async () => {
    db = await open()
  })
  beforeEach(async () => {
    await emptyFeed(db)
    feed = createFeed(db, { pollMs: 20 })
    return () => feed.close()
  })
  afterAll(() => db.close())

  test('gives a change back as it was appended, under a stable id', async () => {
    const given = newChange('ada', {
      account: 'acct_1',
      livemode: true,
      observations: ['evt_1', 'read_2'],
    })
    await db.transaction((tx) => appendAll(tx, [given]))

    const page = await feed.changes({})

    expect(page).toEqual({
      changes: [{ id: 'chg_1', position: 1, ...given }],
      next: 1,
      hasMore: false,
    })
  })

  test('pages through everything in order, without gap or repeat', async () => {
    await append(db, ...Array.from({ length: 25 }, (_, index) => `customer ${index}`))
    const seen: number[] = []
    let after = 0
    let hasMore = true
    while (hasMore) {
      const page = await feed.changes({ after, limit: 10 })
      seen.push(...page.changes.map((change) => change.position))
      after = page.next
      hasMore = page.hasMore
    }

    expect(seen).toEqual(Array.from({ length: 25 }, (_, index) => index + 1))
    expect(await feed.changes({ after })).toEqual({ changes: [], next: 25, hasMore: false })
  })

  test('goes on from the head when a filter leaves the rest out, so a follower does not spin', async () => {
    await append(db, 'ada', 'bob', 'ada', 'bob', 'bob')

    const first = await feed.changes({ customer: 'ada', limit: 1 })
    const second = await feed.changes({ customer: 'ada', after: first.next })

    expect(first).toMatchObject({ next: 1, hasMore: true })
    expect(second.changes.map((change) => change.position)).toEqual([3])
    expect(second).toMatchObject({ next: 5, hasMore: false })
  })

  test('refuses a position that never was one', async () => {
    await expect(feed.changes({ after: -1 })).rejects.toMatchObject({ code: 'invalid_request' })
    await expect(feed.changes({ after: 1.5 })).rejects.toMatchObject({ code: 'invalid_request' })
  })

  test('does not wait when the table is ahead already', async () => {
    await append(db, 'ada')
    await feed.waitForChanges(0, AN_HOUR)
  })

  test('wakes by a word from within the process', async () => {
    const slow = createFeed(db, { pollMs: AN_HOUR })
    const waiting = slow.waitForChanges(0, AN_HOUR)

    slow.notify(1)

    await waiting
    await slow.close()
  })

  test('wakes by polling when another process wrote', async () => {
    const waiting = feed.waitForChanges(0, AN_HOUR)
    await append(db, 'ada')
    await waiting
  })

  test('stops waiting at the bound, when aborted and when closed', async () => {
    const leaving = new AbortController()
    const waits = [
      feed.waitForChanges(0, 30),
      feed.waitForChanges(0, AN_HOUR, leaving.signal),
      feed.waitForChanges(0, AN_HOUR),
    ]
    await waits[0]
    leaving.abort()
    await waits[1]
    await feed.close()
    await waits[2]
    await feed.waitForChanges(0, AN_HOUR)
  })

  test('polls once for everyone who waits', async () => {
    const counted = counting(db)
    const shared = createFeed(counted, { pollMs: AN_HOUR })

    const waits = Array.from({ length: 100 }, () => shared.waitForChanges(0, AN_HOUR))
    await shared.waitForChanges(0, 30)

    // One look for the first, one more for all who came while it was under way, one for the last.
    expect(counted.count).toBeLessThanOrEqual(3)
    shared.notify(1)
    await Promise.all(waits)
    await shared.close()
  })

  test.runIf(name === 'postgres')(
    'shows nothing of a later transaction before an earlier one has committed',
    async () => {
      const first = holdOpen(db, 'ada')
      await first.isWritten
      const second = holdOpen(db, 'bob')
      second.commit()
      await vi.waitFor(async () => expect(await lockWaiters(db)).toBe(1), BOUND_MS)
      const between = await feed.changes({})
      first.commit()
      await Promise.all([first.isDone, second.isDone])
      const after = await feed.changes({})

      expect(between).toEqual({ changes: [], next: 0, hasMore: false })
      expect(after.changes.map((change) => change.customer)).toEqual(['ada', 'bob'])
    },
  )

  test.runIf(name === 'postgres')(
    'never lets a poller pass a change, however transactions interleave',
    async () => {
      let isWriting = true
      const writers = Array.from({ length: 5 }, async (_, writer) => {
        for (let round = 0; round < 40; round += 1) {
          const changes = Array.from({ length: (writer + round) % 4 }, () => newChange(`${writer}`))
          await db
            .transaction(async (tx) => {
              await appendAll(tx, changes)
              await tx.query('select pg_sleep($1)', [((writer * 7 + round) % 5) / 2000])
              // What is rolled back must leave no hole that a reader could wait at.
              if ((writer + round) % 9 === 0) throw new Error('rolled back')
            })
            .catch(() => {})
        }
      })
      const seen: number[] = []
      async function poll(): Promise<void> {
        let after = 0
        for (;;) {
          const isLast = !isWriting
          const page = await feed.changes({ after, limit: 7 })
          seen.push(...page.changes.map((change) => change.position))
          after = page.next
          if (isLast && !page.hasMore) return
        }
      }
      const polling = poll()
      await Promise.all(writers)
      isWriting = false
      await polling

      const { rows } = await db.query<{ position: bigint }>(
        'select position from proviso.changes order by position',
      )
      expect(seen).toEqual(rows.map((row) => Number(row.position)))
      expect(seen).toEqual(seen.map((_, index) => index + 1))
      expect(seen.length).toBeGreaterThan(200)
    },
  )
})

function holdOpen(db: Database, customer: string) {
  let commit = (): void => {}
  const committed = new Promise<void>((resolve) => {
    commit = resolve
  })
  let written = (): void => {}
  const isWritten = new Promise<void>((resolve) => {
    written = resolve
  })
  const isDone = db.transaction(async (tx: Queryable) => {
    await appendAll(tx, [newChange(customer)])
    written()
    await committed
  })
  return { isWritten, isDone, commit }
}

async function lockWaiters(db: Database): Promise<number> {
  const { rows } = await db.query(
    `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  )
  return rows.length
}
