import type { Change } from '../engine/engine.ts'
import { ProvisoError } from '../errors.ts'
import { WEBHOOK_PATH } from '../http/webhook-path.ts'
import { changeLines, verdictText } from './access-text.ts'
import { deliverAll } from './delivery.ts'
import type { DeliveryResult } from './delivery.ts'
import type { EventText } from './event-files.ts'
import type { Output } from './output.ts'
import { STORY_CUSTOMER } from './sample/story.ts'
import type { Act } from './sample/story.ts'
import type { Source } from './source.ts'
import { shuffle } from './shuffle.ts'

export interface StoryStage {
  /** Where the service is; events go through its real webhook route. */
  url: string
  secret: string
  /** The same service, asked over HTTP. */
  service: Pick<Source, 'access' | 'changes'>
  /** Resolves once what was sent is settled. */
  settled(): Promise<void>
  output: Output
}

const COPIES = 2
/** Under this seed the subscription is told before its payment, so that there is something to see. */
const SEED = 13
const CONCURRENCY = 4

/** Posts the acts, shuffled and doubled, and prints what each part did to access and why. */
export async function playStory(acts: readonly Act[], stage: StoryStage): Promise<void> {
  const { output } = stage
  let after = await lastPosition(stage)
  for (const [index, act] of acts.entries()) {
    const copies = Array.from({ length: COPIES }, () => act.events).flat()
    const deliveries = shuffle(copies, SEED + index).map((event): EventText => ({
      text: JSON.stringify(event),
      id: event.id,
      type: event.type,
      from: 'story',
    }))
    output.say()
    output.say(output.paint.bold(act.title))
    const count = act.events.length === 1 ? 'One event' : `${act.events.length} events`
    output.say(output.paint.dim(`  ${count}, sent twice and in a random order.`))
    const size = Math.ceil(deliveries.length / act.parts)
    for (let part = 0; part < act.parts; part += 1) {
      const slice = deliveries.slice(part * size, (part + 1) * size)
      const { fresh, repeated } = await post(slice, stage)
      await stage.settled()
      const changes = await changesAfter(after, stage)
      after = changes.at(-1)?.position ?? after
      await tell({ act: act.title, fresh, repeated, changes }, stage)
    }
  }
}

async function post(
  deliveries: readonly EventText[],
  stage: StoryStage,
): Promise<{ fresh: string[]; repeated: number }> {
  const fresh: string[] = []
  let repeated = 0
  await deliverAll(
    deliveries,
    {
      endpoint: `${stage.url}${WEBHOOK_PATH}`,
      secret: stage.secret,
      retries: 3,
      concurrency: CONCURRENCY,
    },
    (event, result) => {
      assertAccepted(event, result)
      if (result.isNew) fresh.push(event.type)
      else repeated += 1
    },
  )
  return { fresh, repeated }
}

function assertAccepted(
  event: EventText,
  result: DeliveryResult,
): asserts result is DeliveryResult & { kind: 'accepted' } {
  if (result.kind === 'accepted') return
  throw new ProvisoError('internal', `The story's ${event.type} was not taken: ${result.message}`)
}

interface Scene {
  act: string
  fresh: string[]
  repeated: number
  changes: Change[]
}

async function tell(scene: Scene, { output, service }: StoryStage): Promise<void> {
  const { paint } = output
  output.emit({ event: 'story', ...scene })
  const repeats = scene.repeated === 0 ? '' : paint.dim(` (and ${scene.repeated} held before)`)
  output.say(`\n  ${paint.accent('→')} ${scene.fresh.join(', ') || 'only repeats'}${repeats}`)
  if (scene.changes.length > 0) {
    for (const line of changeLines(scene.changes, paint)) output.say(`    ${line}`)
    return
  }
  const { features } = await service.access(STORY_CUSTOMER)
  const verdict = features['export']
  if (verdict === undefined) return
  output.say(
    `    ${STORY_CUSTOMER} ${verdictText('export', verdict, paint)}  ${paint.dim('(no change)')}`,
  )
  for (const reason of verdict.reasons) output.say(paint.dim(`      because: ${reason.message}`))
}

async function changesAfter(after: number, { service }: StoryStage): Promise<Change[]> {
  const changes: Change[] = []
  for (let next = after; ;) {
    const page = await service.changes({ after: next, limit: 200 })
    changes.push(...page.changes)
    if (!page.hasMore) return changes.filter((change) => change.customer === STORY_CUSTOMER)
    next = page.next
  }
}

async function lastPosition(stage: StoryStage): Promise<number> {
  for (let after = 0; ;) {
    const page = await stage.service.changes({ after, limit: 1000 })
    after = Math.max(after, page.next)
    if (!page.hasMore) return after
  }
}
