import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Mutant } from './mutants.ts'
import type { Asked, Result, Told } from './protocol.ts'

const EXAMINER = fileURLToPath(new URL('./examiner.ts', import.meta.url))
/** No mutant takes this long; an examiner that does is stuck where no timeout reaches. */
const STUCK = 180_000

/** Examines all mutants with some examiners side by side; a mutant that kills its examiner is caught. */
export async function examineAll(
  mutants: readonly Mutant[],
  { bundles, workers }: { bundles: readonly string[]; workers: number },
  note: (result: Result) => void,
): Promise<void> {
  const queue = [...mutants]
  const next = () => queue.shift()
  await Promise.all(
    Array.from({ length: workers }, async () => {
      while (queue.length > 0) await examineSome(bundles, next, note)
    }),
  )
}

/** One examiner, until nothing is left or it dies. */
function examineSome(
  bundles: readonly string[],
  next: () => Mutant | undefined,
  note: (result: Result) => void,
): Promise<void> {
  const child = fork(EXAMINER, bundles, {
    execArgv: [...process.execArgv, '--max-old-space-size=1500'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  return new Promise((resolve, reject) => {
    let isReady = false
    let current: Mutant | undefined
    let watch: NodeJS.Timeout | undefined
    const proceed = () => {
      clearTimeout(watch)
      current = next()
      if (current === undefined) return tell(child, { kind: 'done' })
      watch = setTimeout(() => child.kill('SIGKILL'), STUCK)
      tell(child, { kind: 'examine', mutant: { id: current.id, file: current.file } })
    }
    child.on('message', (told: Told) => {
      if (told.kind === 'broken') {
        reject(new Error(`without any mutant these fail:\n${told.failures.join('\n')}`))
        return
      }
      isReady = true
      if (told.kind === 'result') note(told.result)
      proceed()
    })
    child.on('exit', () => {
      clearTimeout(watch)
      if (!isReady) reject(new Error('The examiner died before it had examined anything.'))
      if (current !== undefined) {
        const { id } = current
        note({ id, verdict: 'crashed', killer: null, coveredBy: 0, milliseconds: 0 })
      }
      resolve()
    })
  })
}

function tell(child: ChildProcess, asked: Asked): void {
  child.send(asked)
}
