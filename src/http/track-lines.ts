import type { z } from '@hono/zod-openapi'
import type { Engine } from '../engine/engine.ts'
import type { UsageEvent } from '../engine/usage/usage-contract.ts'
import type { Log } from '../log.ts'
import { errorDetail, isUnexpected } from './error-response.ts'
import { invalidRequest } from './invalid-request.ts'
import type { scopeQuery } from './schemas/scope.ts'
import type { trackedLinesSchema } from './schemas/usage.ts'
import { usageEventSchema } from './schemas/usage-request.ts'
import { usageEventOf } from './usage-event.ts'

type TrackedLines = z.infer<typeof trackedLinesSchema>
type Line = TrackedLines['lines'][number]

/** Records every line that is right and says of each other what is wrong with it, in their order. */
export async function trackLines(
  engine: Pick<Engine, 'trackMany'>,
  lines: readonly unknown[],
  { query, requestId, log }: { query: z.infer<typeof scopeQuery>; requestId: string; log: Log },
): Promise<TrackedLines> {
  const failed = (error: unknown): Line => {
    if (isUnexpected(error)) log.error({ err: error, requestId }, 'usage was not recorded')
    return { ok: false, error: errorDetail(error, requestId) }
  }
  const parsed = lines.map((line) => usageEventSchema.safeParse(line))
  const events = parsed.flatMap(({ data }): UsageEvent[] =>
    data === undefined ? [] : [usageEventOf(data, query)],
  )
  const tracked = events.length === 0 ? [] : await engine.trackMany(events)
  const answers = tracked.map((line): Line =>
    line.ok ? { ok: true, ...line.answer } : failed(line.error),
  )
  const inOrder = answers.values()
  const told = parsed.map(({ error }): Line => {
    if (error !== undefined) return failed(invalidRequest(error, 'json'))
    const { value } = inOrder.next()
    return value ?? failed(new Error('The line has no answer.'))
  })
  const recorded = told.filter(({ ok }) => ok).length
  return { recorded, failed: told.length - recorded, lines: told }
}
