import { openWorkload } from '../workload/workload.ts'
import type { BenchEvent, WorkloadSpec } from '../workload/bench-event.ts'

export interface EventSupply<Task> {
  next(): Task
  /** How many were taken. */
  readonly taken: number
}

/**
 * Events made before the clock runs; whoever takes more than were expected pays for the making of
 * the rest.
 */
export function supplyEvents<Task>(
  spec: WorkloadSpec,
  expected: number,
  toTask: (event: BenchEvent) => Task,
): EventSupply<Task> {
  const eventAt = openWorkload(spec)
  const prepared = Array.from({ length: expected }, (_, index) => toTask(eventAt(index)))
  let taken = 0
  return {
    next() {
      const task = prepared[taken] ?? toTask(eventAt(taken))
      taken += 1
      return task
    },
    get taken() {
      return taken
    },
  }
}
