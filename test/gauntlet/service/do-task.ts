import { migrate } from '../../../src/store/migrate.ts'
import { openPostgres } from '../../../src/store/postgres.ts'
import type { Database } from '../../../src/store/database.ts'
import { peers } from '../../../bench/peers/contestants.ts'
import { nameOf } from '../core/run-core.ts'
import type { Contestant } from '../live/contestant.ts'
import { proviso, provisoWithoutKey } from '../live/proviso.ts'
import { runLate } from '../live/run-late.ts'
import { runLive } from '../live/run-live.ts'
import { oracle } from '../oracle/index.ts'
import { STORIES } from '../stories/index.ts'
import { openDatabases, type Databases } from './databases.ts'
import { runService } from './run-service.ts'
import type { Briefing, Outcome, Task } from './task.ts'

/** One pair of hands: a database of its own for the service, and new ones for contestants. */
export interface Hand {
  do(task: Task): Promise<Outcome>
  close(): Promise<void>
}

export async function openHand({ seed, serverUrl, withPeers }: Briefing): Promise<Hand> {
  const databases = await openDatabases(serverUrl)
  const contestants = [proviso, provisoWithoutKey, ...(withPeers ? await peers() : [])]
  let service: Database | null = null

  async function serviceDatabase(): Promise<Database> {
    if (service === null) {
      service = openPostgres(await databases.create())
      await migrate(service)
    }
    return service
  }

  async function result(task: Task): Promise<Outcome> {
    const { kind, story } = task
    const scenario = STORIES[story]
    if (scenario === undefined) return { kind: 'failed', story, error: `no story ${String(story)}` }
    try {
      if (kind === 'service') {
        const { orders } = task
        const database = await serviceDatabase()
        const result = await runService(scenario, { seed, orders, oracle, database })
        return { kind, story, result }
      }
      const result = await contest(scenario, task.lateOrders, { seed, contestants, databases })
      return { kind, story, result }
    } catch (error) {
      const told = (error as Error).stack ?? String(error)
      return { kind: 'failed', story, error: `${nameOf(scenario)}: ${told}` }
    }
  }

  return {
    do: result,
    async close() {
      await service?.close()
      await databases.close()
    },
  }
}

async function contest(
  scenario: (typeof STORIES)[number],
  orders: number,
  run: {
    readonly seed: string
    readonly contestants: readonly Contestant[]
    readonly databases: Databases
  },
) {
  const live = await runLive({ scenario, oracle, ...run })
  const late = orders === 0 ? [] : await runLate({ scenario, oracle, orders, ...run })
  return { live, late }
}
