/** A process that looks at lives; `pool.ts` starts it and tells it which. Its argument: a database. */
import { openJudges } from './judges.ts'
import { lookAtLife } from './look-at-life.ts'
import { lifeOf, shrinkLife, type Shrunk } from './random-life.ts'
import { reportOf, type LifeReport } from './tally.ts'

interface OfLife {
  readonly seed: number
  readonly looks: number
}

export type Task =
  | (OfLife & { readonly do: 'look' })
  | (OfLife & {
      readonly do: 'shrink'
      readonly signature: string
      readonly milliseconds: number
    })

export type Answer =
  | { readonly did: 'look'; readonly report: LifeReport }
  | { readonly did: 'shrink'; readonly shrunk: Shrunk | null }

const judges = openJudges(process.argv[2])

async function perform(task: Task): Promise<Answer> {
  const { seed, looks } = task
  const judge = judges.of({ seed, looks, isThorough: task.do === 'shrink' })
  if (task.do === 'look') {
    return { did: 'look', report: reportOf(seed, await lookAtLife(lifeOf(seed), judge)) }
  }
  return { did: 'shrink', shrunk: await shrinkLife(task, judge, task.milliseconds) }
}

process.on('message', (task: Task) => {
  void perform(task).then((answer) => process.send?.(answer))
})
// Whoever started it has gone, or needs it no more.
process.on('disconnect', () => {
  void judges.close().then(() => process.exit(0))
})
