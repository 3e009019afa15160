import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Observation, Reduction } from '../../src/stripe/observation.ts'
import { factTypeOfObject } from '../../src/stripe/object-name.ts'
import { reduce } from '../../src/stripe/reduce.ts'

/** Stripe events published by others, kept beside the repository; tests run without them too. */
export const EVENTS_DIR =
  process.env['PROVISO_EVENTS_DIR'] ??
  join(import.meta.dirname, '../../../shared/data/stripe-events')

export const HAS_EVENTS = existsSync(EVENTS_DIR)

export interface PublishedEvent {
  file: string
  observation: Observation
  apiVersion: string
  /** `object` of `data.object`. */
  object: string
  /** false: a hand-made body whose object names itself in no way. */
  hasId: boolean
}

export interface TypeVersionTable {
  versions: string[]
  rows: { type: string; cells: (Cell | null)[] }[]
  /** Events of objects we keep facts of that gave none. */
  misses: string[]
  /** Hand-made bodies without any id, which must be reported and give no fact. */
  withoutId: string[]
}

export interface Cell {
  files: number
  facts: number
}

export function readPublishedEvents(folder: string = EVENTS_DIR): PublishedEvent[] {
  const files = ['captured', 'templates', 'sequences'].flatMap((kind) =>
    readdirSync(join(folder, kind))
      .sort()
      .map((name) => `${kind}/${name}`),
  )
  return files.flatMap((file) => {
    const text = readFileSync(join(folder, file), 'utf8')
    const documents = file.endsWith('.jsonl') ? text.trim().split('\n') : [text]
    return documents.map((document) => publishedEvent(file, JSON.parse(document) as StripeEvent))
  })
}

/** type × API version: how many published events there are, and how many gave a fact. */
export function typeVersionTable(events: readonly PublishedEvent[]): TypeVersionTable {
  const kept = events.filter((event) => factTypeOfObject(event.object) !== undefined)
  const versions = [...new Set(kept.map((event) => event.apiVersion))].sort()
  const types = [...new Set(kept.map((event) => event.observation.type))].sort()
  const reduced = kept.map((event) => ({ event, reduction: reduce(event.observation) }))
  const rows = types.map((type) => ({
    type,
    cells: versions.map((version) =>
      cell(
        reduced
          .filter(({ event }) => event.observation.type === type && event.apiVersion === version)
          .map(({ reduction }) => reduction),
      ),
    ),
  }))
  const empty = reduced.filter(
    ({ event, reduction }) =>
      reduction.snapshots.length === 0 && event.observation.type !== 'invoice.upcoming',
  )
  return {
    versions,
    rows,
    misses: empty.filter(({ event }) => event.hasId).map(describe),
    withoutId: empty.filter(({ event }) => !event.hasId).map(describe),
  }
}

interface StripeEvent {
  id: string
  type: string
  created: number
  api_version?: string | null
  data: { object: { object?: string; id?: string | null } }
}

function publishedEvent(file: string, body: StripeEvent): PublishedEvent {
  return {
    file,
    observation: { kind: 'event', id: body.id, type: body.type, created: body.created, body },
    apiVersion: body.api_version ?? 'unknown',
    object: body.data.object.object ?? '',
    hasId: typeof body.data.object.id === 'string',
  }
}

function cell(reductions: readonly Reduction[]): Cell | null {
  if (reductions.length === 0) return null
  return {
    files: reductions.length,
    facts: reductions.filter((reduction) => reduction.snapshots.length > 0).length,
  }
}

function describe({ event, reduction }: { event: PublishedEvent; reduction: Reduction }): string {
  const why = reduction.problem?.message ?? 'no problem named'
  return `${event.file}: ${event.observation.type} (${event.apiVersion}): ${why}`
}
