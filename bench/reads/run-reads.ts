import { READERS } from '../contenders/contenders.ts'
import type { ContenderDatabase } from '../contenders/contender.ts'
import type { BenchOptions } from '../options.ts'
import type { BenchProgress } from '../progress.ts'
import type { BenchServer } from '../server.ts'
import { startSubject } from '../subject/subject-process.ts'
import { measureReads, type ReadSample } from './measure-reads.ts'

/** Reader → one sample per round. */
export type ReadResult = Record<string, ReadSample[]>

const SENDERS = 64

export function readSteps(rounds: number): number {
  return rounds * READERS.length
}

/** Asks our service and a bare table the same question, in turn. */
export async function runReads(
  server: BenchServer,
  options: BenchOptions,
  progress: BenchProgress,
  seed: ContenderDatabase,
): Promise<ReadResult> {
  const database = { ...seed, url: await server.createDatabase('reads', seed.url) }
  const readers = READERS.map(({ name }) => ({ name, process: startSubject(options.profile) }))
  for (const { name, process } of readers)
    await process.ask('prepare', { contender: name, database })
  const result: ReadResult = {}
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const { name, process } of readers) {
      progress.step(`round ${round}/${options.rounds} · reads · ${name}`)
      const sample = await measureReads({
        server,
        contender: name,
        process,
        database,
        senders: SENDERS,
        seconds: options.seconds / 2,
      })
      result[name] = [...(result[name] ?? []), sample]
    }
  }
  for (const { process } of readers) await process.end()
  return result
}
