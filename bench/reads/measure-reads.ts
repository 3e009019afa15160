import type { ContenderDatabase } from '../contenders/contender.ts'
import { drive } from '../load/drive.ts'
import { openConnections } from '../load/http-load.ts'
import { quantile } from '../measure/quantile.ts'
import type { BenchServer } from '../server.ts'
import type { SubjectProcess } from '../subject/subject-process.ts'
import { appCustomer, buyerPrefix } from '../workload/buyer.ts'

/** Times in milliseconds, CPU in microseconds per request. */
export interface ReadSample {
  perSecond: number
  p50: number
  p99: number
  nodeCpu: number
  databaseCpu: number | null
}

export interface ReadOptions {
  server: BenchServer
  contender: string
  process: SubjectProcess
  database: ContenderDatabase
  senders: number
  seconds: number
}

const WARM_UP_SECONDS = 0.25

/** Asks one process for one customer after the other over kept-alive connections. */
export async function measureReads(options: ReadOptions): Promise<ReadSample> {
  const { server, contender, process, database, senders } = options
  const { port, path } = await process.ask('open', { contender, database })
  const connections = await openConnections(port ?? 0, senders)
  const requests = Array.from({ length: database.customers }, (_, number) =>
    getRequest(pathOf(contender, path, buyerPrefix(number))),
  )
  let asked = 0

  const run = (seconds: number) =>
    drive({
      senders,
      seconds,
      next: () => requests[asked++ % requests.length] as Buffer,
      send: async (request, sender) => {
        const status = await connections[sender]?.request(request)
        if (status !== 200) throw new Error(`A read was answered ${String(status)}.`)
      },
    })

  await run(WARM_UP_SECONDS)
  const before = await process.ask('reading', null)
  const databaseBefore = await server.readCpu()
  const driven = await run(options.seconds)
  const databaseAfter = await server.readCpu()
  const after = await process.ask('reading', null)
  for (const connection of connections) connection.close()
  await process.ask('close', null)

  const count = driven.latencies.length
  return {
    perSecond: count / driven.seconds,
    p50: quantile(driven.latencies, 0.5),
    p99: quantile(driven.latencies, 0.99),
    nodeCpu: (after.cpuMicros - before.cpuMicros) / count,
    databaseCpu:
      databaseAfter === null || databaseBefore === null
        ? null
        : (databaseAfter - databaseBefore) / count,
  }
}

function pathOf(contender: string, path: string, prefix: string): string {
  if (contender === 'bare lookup') return `${path}sub_${prefix}1`
  return `/v1/customers/${appCustomer(prefix)}/access/reports`
}

function getRequest(path: string): Buffer {
  return Buffer.from(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`)
}
