import type { EventAt, WorkloadName, WorkloadSpec } from './bench-event.ts'
import { purchaseEvents } from './purchase-events.ts'
import { updateEvents } from './update-events.ts'

const WORKLOADS: Record<WorkloadName, (spec: WorkloadSpec) => EventAt> = {
  update: updateEvents,
  purchase: purchaseEvents,
}

export function openWorkload(spec: WorkloadSpec): EventAt {
  return WORKLOADS[spec.name](spec)
}
