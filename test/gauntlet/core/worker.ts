import { oracle } from '../oracle/index.ts'
import { STORIES } from '../stories/index.ts'
import { nameOf, runCore } from './run-core.ts'
import type { Answer, Task } from './workers.ts'

/** A process of `runAll`: takes a story, answers with what the core did, until it is disconnected. */
process.on('message', (task: Task) => {
  void work(task).then((answer) => process.send?.(answer))
})

async function work({ story, orders, seed, isExhaustive }: Task): Promise<Answer> {
  const scenario = STORIES[story]
  if (scenario === undefined) return { story, error: `there is no story ${String(story)}` }
  try {
    return { story, result: await runCore(scenario, { orders, seed, isExhaustive, oracle }) }
  } catch (error) {
    return { story, error: `${nameOf(scenario)}: ${(error as Error).stack ?? String(error)}` }
  }
}
