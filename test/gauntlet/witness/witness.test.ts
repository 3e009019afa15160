import { expect, test } from 'vitest'
import { played } from '../../sandbox/decided/decided-stage.ts'
import { bodyAt } from '../../support/stripe/index.ts'
import { mailOf } from '../core/mail.ts'
import { nameOf } from '../core/run-core.ts'
import { oracle } from '../oracle/index.ts'
import { STORIES } from '../stories/index.ts'
import { evidenceFor } from './index.ts'

/**
 * The witness judges any subset; where all that happened so far is in it, it must agree with the
 * oracle: a looser one would pass unsafe grants by. Every n-th story; 1: all of them.
 */
const EVERY = Number(process.env['PROVISO_EVERY'] ?? 6)
const PLACE = Number(process.env['PROVISO_PLACE'] ?? 1)

const chosen = STORIES.filter((_, place) => place % EVERY === PLACE % EVERY)

test.each(chosen.map((story) => ({ name: nameOf(story), story })))(
  'with everything in, what is due is vouched for and nothing else: $name',
  async ({ story }) => {
    const history = await played(story)
    const { books, catalog, end } = history
    const mail = await mailOf(history)
    const evidence = evidenceFor(books, catalog)
    const clocked = books
      .page(end)
      .all('customer')
      .filter((customer) => customer.test_clock !== null)
    const isClocked = (name: string) =>
      clocked.some(({ id, metadata }) => name === id || Object.values(metadata).includes(name))
    for (const version of [0, 1]) {
      const parcels = [...mail.events.map((event) => mail.parcel(event, version)), ...mail.reads]
      // What a Session sold was there from the start, whenever it was read.
      const waiting = parcels.map(({ body }) => body).sort((a, b) => bodyAt(a) - bodyAt(b))
      const subset: typeof waiting = []
      const points = oracle.turningPoints(books, catalog, end)
      for (const at of [...new Set([...points, end])].sort((a, b) => a - b)) {
        while (waiting.length > 0 && bodyAt(waiting[0] as never) <= at + 5) {
          subset.push(waiting.shift() as never)
        }
        if (subset.some((body) => bodyAt(body) > at && body.object === 'event')) continue
        for (const [customer, dues] of Object.entries(oracle.due(books, catalog, at))) {
          if (isClocked(customer)) continue
          for (const [feature, { allowed, because }] of Object.entries(dues)) {
            expect(
              evidence.vouches(subset, { customer, feature, at }),
              `${customer} ${feature} at ${new Date(at * 1_000).toISOString()}: ${because}`,
            ).toBe(allowed)
          }
        }
      }
    }
    await history.close()
  },
)
