/** The process a subject lives in, so that its CPU time is its own; it is told what to do by messages. */
import { contenderNamed } from '../contenders/contenders.ts'
import type { Subject } from '../contenders/contender.ts'
import { openSettleStage, type SettleStage } from '../growth/settle-stage.ts'
import { drive } from '../load/drive.ts'
import { supplyEvents, type EventSupply } from '../load/event-supply.ts'
import { countStatements } from '../measure/statement-counter.ts'
import type { BenchEvent } from '../workload/bench-event.ts'
import type { Answer, CommandName, Commands, Request } from './messages.ts'

type Handlers = {
  [Name in CommandName]: (given: Commands[Name]['given']) => Promise<Commands[Name]['answer']>
}

const statements = countStatements()
let subject: Subject | null = null
let supply: EventSupply<BenchEvent> | null = null
let stage: SettleStage | null = null

const handlers: Handlers = {
  async prepare({ contender, database }) {
    await contenderNamed(contender).prepare(database)
    return null
  },
  async open({ contender, database }) {
    subject = await contenderNamed(contender).open(database)
    return { port: subject.port, path: subject.path }
  },
  async supply({ spec, expected }) {
    supply = supplyEvents(spec, expected, (event) => event)
    return null
  },
  async drive({ senders, seconds }) {
    const { submit } = opened()
    const events = supply
    if (events === null) throw new Error('No events were supplied.')
    return drive({ senders, seconds, next: () => events.next(), send: submit })
  },
  async openStage({ url }) {
    stage = await openSettleStage(url)
    return null
  },
  async ingest({ spec, count }) {
    await stage?.ingest(spec, count)
    return null
  },
  async settle() {
    await stage?.settle()
    return null
  },
  async closeStage() {
    await stage?.close()
    stage = null
    return null
  },
  async reading() {
    const { user, system } = process.cpuUsage()
    return { cpuMicros: user + system, statements: statements() }
  },
  async close() {
    await subject?.close()
    subject = null
    return null
  },
}

function opened(): Subject {
  if (subject === null) throw new Error('No subject is open.')
  return subject
}

process.on('message', (request: Request) => {
  const handle = handlers[request.name] as (given: unknown) => Promise<unknown>
  handle(request.given).then(
    (answer) => reply({ number: request.number, answer }),
    (error: unknown) => reply({ number: request.number, error: describe(error) }),
  )
})
// Whoever asked is gone: nobody needs the answers.
process.on('disconnect', () => process.exit(0))

function reply(answer: Answer): void {
  process.send?.(answer)
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
