import { readAnswer } from '../core/read-answer.ts'
import type { Tally } from '../core/tally.ts'
import { dueOf, isSame } from '../core/verdict.ts'
import type { ServiceAnswers } from './service-answers.ts'
import type { ServiceGround, ServiceRun } from './service-run.ts'

/** Rounds of reads after which nothing new is expected to be asked. */
const ROUNDS = 6

/** Everything has come: is it as it should be, and if not, would a read have told? */
export async function judgeFinal(
  ground: ServiceGround,
  run: ServiceRun,
  tally: Tally,
): Promise<void> {
  const { dues, history } = ground
  const answers = await run.answers()
  const wrong: { customer: string; feature: string }[] = []
  for (const customer of new Set([...answers.customers, ...Object.keys(dues)])) {
    for (const feature of Object.keys(history.catalog.features)) {
      tally.finals += 1
      const got = answers.of(customer, feature)
      if (!isSame(got, dueOf(dues, customer, feature))) wrong.push({ customer, feature })
    }
  }
  if (wrong.length === 0) return
  const after = await readAll(ground, run, answers)
  for (const { customer, feature } of wrong) {
    const due = dueOf(dues, customer, feature)
    const finding = run.finding({
      customer,
      feature,
      got: answers.of(customer, feature).text,
      expected: due.text,
      needs: answers.needs.map(({ type, object, reason }) => `${type} ${object}: ${reason}`),
    })
    const isSettled = isSame(after.of(customer, feature), due)
    const kind = isSettled ? tally.undecided : tally.wrongFinal
    kind.add(run.order, finding)
  }
}

/** Answers every need, and those that come up by it, as Stripe stands at the story's end. */
async function readAll(
  { history }: ServiceGround,
  run: ServiceRun,
  before: ServiceAnswers,
): Promise<ServiceAnswers> {
  const asked = new Set<string>()
  let answers = before
  for (let round = 0; round < ROUNDS; round += 1) {
    const open = answers.needs.filter(({ type, object }) => !asked.has(`${type} ${object}`))
    if (open.length === 0) break
    for (const { type, object } of open) asked.add(`${type} ${object}`)
    // The request starts after the last event: it is ambiguous with those of its own second.
    const { api } = history.stage
    const reads = await Promise.all(open.map((need) => readAnswer(api, need, history.end + 1)))
    await run.deliver(reads, run.now)
    answers = await run.answers()
  }
  return answers
}
