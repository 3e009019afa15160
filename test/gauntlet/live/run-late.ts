import { signatureOf } from '../../../src/sandbox/delivery/sign.ts'
import { WEBHOOK_PATH } from '../../../src/http/webhook-path.ts'
import type { Scenario } from '../../sandbox/scenarios/scenario.ts'
import { isEvent, type Body } from '../../support/stripe/index.ts'
import { arrivalOf } from '../core/arrival.ts'
import { mailOf, type Mail } from '../core/mail.ts'
import type { Parcel } from '../core/parcel.ts'
import type { Oracle } from '../oracle-contract.ts'
import type { Databases } from '../service/databases.ts'
import type { Contestant } from './contestant.ts'
import { Entrant } from './entrant.ts'
import { overStory, type OverStory } from './over-story.ts'
import { judgedFeatures } from './judged-features.ts'
import { LIVE_SECRET } from './run-live.ts'
import { mismatchesAt, type Mismatch } from './score.ts'

export interface LateRun {
  readonly scenario: Scenario
  readonly contestants: readonly Contestant[]
  readonly oracle: Oracle
  readonly seed: string
  readonly orders: number
  readonly databases: Pick<Databases, 'createFor' | 'release'>
}

export interface LateResult {
  readonly story: string
  readonly contestant: string
  readonly order: number
  /** The current API version alone; or mixed with an older one for whoever reads both. */
  readonly versions: 'one' | 'mixed'
  readonly events: number
  readonly deliveries: number
  readonly reads: number
  readonly wrongFinal: readonly Mismatch[]
}

/** Seconds in which open questions may still be asked after the last delivery. */
const AFTERWARDS = 1_200

/** A story is over, and everything it told arrives: late, in any order, some of it twice. */
export async function runLate(run: LateRun): Promise<LateResult[]> {
  const over = await overStory(run.scenario)
  try {
    const mail = await mailOf(over)
    const results: LateResult[] = []
    for (let order = 0; order < run.orders; order += 1) {
      const mixed = parcelsOf(mail, `${run.seed} late ${run.scenario.title}`, order)
      const current = mixed.map((parcel) => inCurrent(mail, parcel))
      for (const contestant of run.contestants) {
        const features = judgedFeatures(contestant, over)
        if (features.size === 0) continue
        const [versions, parcels] =
          contestant.readsOldVersions === true
            ? ['mixed' as const, mixed]
            : ['one' as const, current]
        const task = { contestant, features, order, versions, parcels }
        results.push(await deliverTo(over, task, run))
      }
    }
    return results
  } finally {
    await over.close()
  }
}

interface Task {
  readonly contestant: Contestant
  readonly features: ReadonlySet<string>
  readonly order: number
  readonly versions: LateResult['versions']
  readonly parcels: readonly Parcel[]
}

async function deliverTo(
  over: OverStory,
  { contestant, features, order, versions, parcels }: Task,
  { scenario, oracle, databases }: LateRun,
): Promise<LateResult> {
  const databaseUrl = await databases.createFor(contestant)
  let now = over.end
  const setting = {
    sandbox: over.stage.unpaced,
    catalog: over.catalog,
    databaseUrl,
    secret: LIVE_SECRET,
    now: () => now,
  }
  const entrant = await Entrant.enter(contestant, setting, { isWatched: false })
  try {
    for (const { body } of parcels) {
      now += 1
      await entrant.wake()
      await entrant.take(body.id, requestOf(body))
    }
    await entrant.retryNow()
    const last = now + AFTERWARDS
    while (entrant.nextAt <= last) {
      now = Math.max(now, entrant.nextAt)
      await entrant.wake()
    }
    now = last
    await entrant.look()
    entrant.assertSound()
    const { books, catalog, end } = over
    return {
      story: scenario.title,
      contestant: contestant.name,
      order,
      versions,
      events: new Set(parcels.map(({ body }) => body.id)).size,
      deliveries: parcels.length,
      reads: entrant.reads,
      wrongFinal: mismatchesAt(
        entrant.answers,
        { books, catalog, oracle, features },
        Math.max(now, end),
      ),
    }
  } finally {
    await entrant.close()
    await databases.release(databaseUrl)
  }
}

/** What Stripe sends: its events. Reads are each contestant's own affair. */
function parcelsOf(mail: Mail, seed: string, order: number): Parcel[] {
  return arrivalOf(mail, seed, order, false).parcels.filter(({ body }) => isEvent(body))
}

function inCurrent(mail: Mail, { body, event, at }: Parcel): Parcel {
  const original = mail.parcel(event, 0)
  return body.id === original.body.id ? original : mail.double(event, 0, at - original.at)
}

function requestOf(body: Body): Request {
  const text = JSON.stringify(body)
  const signature = signatureOf(text, LIVE_SECRET, Math.floor(Date.now() / 1_000))
  return new Request(`http://app.invalid${WEBHOOK_PATH}`, {
    method: 'POST',
    body: text,
    headers: { 'content-type': 'application/json', 'stripe-signature': signature },
  })
}
