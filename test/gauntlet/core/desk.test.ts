import { expect, test } from 'vitest'
import { compileCatalog } from '../../../src/core/compile-catalog.ts'
import { evaluate } from '../../../src/core/evaluate.ts'
import { played } from '../../sandbox/decided/decided-stage.ts'
import { STORIES } from '../stories/index.ts'
import { arrivalOf } from './arrival.ts'
import { Cabinet, Desk } from './desk.ts'
import { mailOf } from './mail.ts'
import { nameOf } from './run-core.ts'

const SCOPE = { account: '', livemode: false }
const chosen = STORIES.filter((_, place) => place % 40 === 7)

test.each(chosen.map((story) => ({ name: nameOf(story), story })))(
  'kept and folded step by step, the verdict is that of everything at once: $name',
  async ({ name, story }) => {
    const history = await played(story)
    const compiled = compileCatalog(history.catalog)
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems))
    const mail = await mailOf(history)
    const cabinet = new Cabinet()
    for (const order of [0, 1]) {
      const { parcels } = arrivalOf(mail, name, order, false)
      const desks = [cabinet, null].map((each) => new Desk(each, compiled.catalog, false))
      for (const [place, parcel] of parcels.entries()) {
        for (const desk of desks) desk.take(parcel)
        if (place % 5 > 0 && place < parcels.length - 1) continue
        const snapshots = parcels
          .slice(0, place + 1)
          .flatMap(({ parts }) => parts.map(({ snapshot }) => ({ scope: SCOPE, snapshot })))
        const expected = evaluate(snapshots, compiled.catalog, history.end).customers
        for (const desk of desks) {
          expect(Object.fromEntries(desk.decisions(history.end))).toEqual({ ...expected })
        }
      }
    }
    await history.close()
  },
)
