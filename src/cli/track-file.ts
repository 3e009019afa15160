import type { Scope } from '../core/fact.ts'
import { isProvisoError } from '../errors.ts'
import type { Output } from './output.ts'
import { createProgressBar } from './progress.ts'
import type { Source } from './source.ts'
import { countLines, readUsageFile } from './usage-file.ts'
import type { UsageLine } from './usage-file.ts'

/** Lines of one call: as many as the engine takes. */
const BATCH = 1000
/** Failed lines printed one by one; the summary counts them all. */
const SHOWN_FAILURES = 20

interface Failure {
  line: number
  code: string
  message: string
}

/** Records a file of uses; answers 1 where a line could not be recorded. */
export async function trackFile(
  source: Pick<Source, 'trackMany'>,
  file: string,
  scope: Partial<Scope>,
  output: Output,
): Promise<number> {
  const total = await countLines(file)
  const bar = createProgressBar('Recording', output.isJson || total === null)
  const summary = { lines: 0, new: 0, known: 0, failed: 0, withoutId: 0 }
  const failures: Failure[] = []
  const fail = ({ number }: UsageLine, error: unknown): void => {
    summary.failed += 1
    const message = error instanceof Error ? error.message : String(error)
    failures.push({ line: number, code: isProvisoError(error) ? error.code : 'internal', message })
  }

  async function send(batch: readonly UsageLine[]): Promise<void> {
    const sound = batch.flatMap((line) =>
      line.event === null ? [] : [{ line, event: { ...scope, ...line.event } }],
    )
    const answers = await source.trackMany(sound.map(({ event }) => event))
    for (const line of batch) if (line.event === null) fail(line, line.error)
    sound.forEach(({ line, event }, index) => {
      const answer = answers[index]
      if (answer?.ok !== true) return fail(line, answer?.error)
      if (event.id === undefined) summary.withoutId += 1
      if (answer.answer.isNew) summary.new += 1
      else summary.known += 1
    })
    summary.lines += batch.length
    bar.update(summary.lines, total ?? summary.lines)
  }

  try {
    for await (const batch of readUsageFile(file, BATCH)) await send(batch)
  } finally {
    // Also when the service goes away half-way: what is on record stays so.
    bar.stop()
    failures.sort((a, b) => a.line - b.line)
    output.emit({ ...summary, failures })
    tell()
  }
  return summary.failed === 0 ? 0 : 1

  function tell(): void {
    for (const { line, code, message } of failures.slice(0, SHOWN_FAILURES)) {
      output.say(`${output.paint.bad(code)} line ${line}: ${message}`)
    }
    const more = failures.length - SHOWN_FAILURES
    if (more > 0) output.say(`… and ${more} more.`)
    output.say(
      `${summary.lines} lines: ${summary.new} recorded, ${summary.known} on record before, ${summary.failed} failed.`,
    )
    if (summary.withoutId === 0) return
    output.say(
      output.paint.warn(
        `${summary.withoutId} have no id: sent again they would count again. Give each an id of its own.`,
      ),
    )
  }
}
