import type { Decision, Need } from '../../../src/core/decision.ts'
import type { Arrival } from './arrival.ts'
import type { Ground } from './ground.ts'
import type { Desk } from './desk.ts'
import type { Parcel } from './parcel.ts'
import { readAnswer } from './read-answer.ts'
import { replayLine } from './replay-line.ts'
import type { Tally } from './tally.ts'
import { answerOf, customersOf, dueOf, isSame, needsOf } from './verdict.ts'

/** Rounds of reads after which nothing new is expected to be asked. */
const ROUNDS = 6

/** Everything has come: is it as it should be, and if not, would a read have told? */
export async function finish(
  ground: Ground,
  arrival: Arrival,
  order: number,
  desk: Desk,
  tally: Tally,
): Promise<void> {
  const { dues, features, history, name, seed } = ground
  const decisions = desk.decisions(history.end)
  const wrong: { customer: string; feature: string }[] = []
  for (const customer of customersOf(decisions, dues)) {
    for (const feature of features) {
      tally.finals += 1
      const got = answerOf(decisions, customer, feature)
      if (!isSame(got, dueOf(dues, customer, feature))) wrong.push({ customer, feature })
    }
  }
  if (wrong.length === 0) return
  const after = await readAll(ground, desk, decisions)
  for (const { customer, feature } of wrong) {
    const due = dueOf(dues, customer, feature)
    // Under a name that a read would change, the needs are those of everyone.
    const needs = needsOf(decisions.get(customer))
    const isSettled = isSame(answerOf(after, customer, feature), due)
    const finding = {
      customer,
      feature,
      at: history.end,
      got: answerOf(decisions, customer, feature).text,
      expected: due.text,
      needs: needs.length > 0 ? needs : [...decisions.values()].flatMap(needsOf),
      after: arrival.parcels.length,
      of: arrival.parcels.length,
      kind: arrival.kind,
      replay: replayLine(name, seed, order),
    }
    if (isSettled) tally.undecided.add(order, finding)
    else tally.wrongFinal.add(order, finding)
  }
}

/** Answers every need, and those that come up by it, as Stripe stands at the story's end. */
async function readAll(
  ground: Ground,
  desk: Desk,
  before: ReadonlyMap<string, Decision>,
): Promise<ReadonlyMap<string, Decision>> {
  const asked = new Set<string>()
  let decisions = before
  for (let round = 0; round < ROUNDS; round += 1) {
    const open = [...decisions.values()]
      .flatMap(({ needs }) => needs)
      .filter(({ type, object }) => !asked.has(`${type} ${object}`))
    if (open.length === 0) return decisions
    for (const need of open) {
      asked.add(`${need.type} ${need.object}`)
      desk.take(await answerTo(ground, need))
    }
    decisions = desk.decisions(ground.history.end)
  }
  return decisions
}

/** Asked once: the story is over, and the answer stays. */
async function answerTo({ answers, history, mail }: Ground, need: Need): Promise<Parcel> {
  const name = `${need.type} ${need.object}`
  const known = answers.get(name)
  if (known !== undefined) return known
  // The request starts after the last event: it is ambiguous with those of its own second.
  const answer = mail.open(await readAnswer(history.stage.api, need, history.end + 1))
  answers.set(name, answer)
  return answer
}
