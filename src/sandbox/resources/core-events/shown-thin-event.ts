import type { ThinEvent } from '../../world/event.ts'

/** A thin event as /v2 answers it: with its data, and without fields that say nothing. */
export function shownThinEvent(event: ThinEvent): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(event).filter(([, value]) => value !== null))
}
