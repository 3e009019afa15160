import type { VerifyDifference } from '../../../src/engine/engine.ts'
import type { Fault } from './result.ts'
import type { ServiceRun } from './service-run.ts'

/** What is stored follows from what came: `verify` says so, and deriving it all anew changes nothing. */
export async function checkBooks({ engine, complaints, replay }: ServiceRun): Promise<Fault[]> {
  const fault = (kind: Fault['kind'], message: string): Fault => ({ kind, message, replay })
  const told = (kind: Fault['kind'], differences: readonly VerifyDifference[]) =>
    differences.map((found) => fault(kind, `${found.kind} ${found.subject}: ${found.message}`))

  const before = await engine.verify()
  const { changes } = await engine.rebuild()
  const after = await engine.verify()
  return [
    ...told('verify', before.differences),
    ...(changes === 0 ? [] : [fault('rebuild', `${String(changes)} changes`)]),
    ...told('verify after rebuild', after.differences),
    ...complaints.map(({ message }) => fault('complaint', message)),
  ]
}
