import type { Random } from '../../../src/sandbox/random.ts'
import type { Body } from '../../support/stripe/index.ts'
import type { Arrival } from './arrival.ts'
import type { Desk } from './desk.ts'
import type { Ground } from './ground.ts'
import { replayLine } from './replay-line.ts'
import type { Tally } from './tally.ts'
import { answerOf, needsOf } from './verdict.ts'

/** Delivers one by one, moves the clock between, and asks after each whether access is vouched for. */
export function deliver(ground: Ground, arrival: Arrival, order: number, tally: Tally): Desk {
  const { mail, history } = ground
  const desk = ground.desk(arrival)
  const bodies: Body[] = []
  const seen = new Set<Body>()
  const moments = mail.moments
  let newest = -Infinity
  let now = -Infinity
  for (const [place, parcel] of arrival.parcels.entries()) {
    tally.deliveries += 1
    newest = Math.max(newest, parcel.at)
    const before = now
    now = nextSecond(Math.max(now, newest), history.end, moments, arrival.random)
    if (!seen.has(parcel.body)) bodies.push(parcel.body)
    seen.add(parcel.body)
    const isNew = desk.take(parcel)
    if (!isNew && now === before) continue
    tally.evaluations += 1
    judge(ground, arrival, { order, desk, bodies, at: now, after: place + 1 }, tally)
  }
  return desk
}

interface Look {
  order: number
  desk: Desk
  bodies: readonly Body[]
  at: number
  after: number
}

/** Access that nothing of what has come vouches for is unsafe. */
function judge(
  { evidence, features, name, seed }: Ground,
  { kind, parcels }: Arrival,
  { order, desk, bodies, at, after }: Look,
  tally: Tally,
): void {
  const decisions = desk.decisions(at)
  for (const [customer, decision] of decisions) {
    for (const feature of features) {
      if (decision.features[feature]?.allowed !== true) continue
      if (evidence.vouches(bodies, { customer, feature, at })) continue
      tally.unsafe.add(order, {
        customer,
        feature,
        at,
        got: answerOf(decisions, customer, feature).text,
        expected: 'not allowed: nothing that has come vouches for it',
        needs: needsOf(decision),
        after,
        of: parcels.length,
        kind,
        replay: replayLine(name, seed, order),
      })
    }
  }
}

/** Never back, never past the end; often no further, often just within the present gap between events. */
function nextSecond(from: number, end: number, moments: readonly number[], random: Random): number {
  const drawn = random.next()
  if (drawn < 0.5 || from >= end) return from
  const next = moments.find((moment) => moment > from) ?? end
  if (drawn < 0.9) return from + random.integer(Math.min(next, end) - from + 1)
  return from + Math.floor(random.next() ** 3 * (end - from))
}
