import { isDeepStrictEqual } from 'node:util'
import { readPath } from '../../test/sandbox/judges/sdk-schema.ts'
import type { ListedEvent } from './event-log.ts'
import type { Exchange } from './recording-proxy.ts'
import { API_KEY } from './stripe-cli.ts'

/** An event whose object is not what the API answers for it at that moment. */
export interface Drift {
  type: string
  event: string
  /** The fields that differ, each with both values. */
  differences: string[]
}

/** Compares the events of a request with what their objects are read as right after it. */
export async function driftsAfter(exchange: Exchange, baseUrl: string): Promise<Drift[]> {
  if (exchange.method === 'GET' || exchange.requestId === undefined) return []
  const drifts: Drift[] = []
  const { data } = (await read('/v1/events?limit=100', baseUrl)) as { data: ListedEvent[] }
  const seen = new Set<string>()
  for (const event of data) {
    const object = objectOf(event)
    // Newest first: of each object only the last event can still be what it is.
    if (object === undefined || seen.has(object.id)) continue
    seen.add(object.id)
    if (event.type.endsWith('.deleted') || requestOf(event) !== exchange.requestId) continue
    const path = readPath(object.object, object.id)
    if (path === undefined) continue
    const differences = differencesOf(object, await read(path, baseUrl))
    if (differences.length === 0 || (await hasMovedOn(object.id, event.id, baseUrl))) continue
    drifts.push({ type: event.type, event: event.id, differences })
  }
  return drifts
}

/** Whether time has changed the object, and told so, between the event and the reading. */
async function hasMovedOn(object: string, event: string, baseUrl: string): Promise<boolean> {
  const { data } = (await read('/v1/events?limit=100', baseUrl)) as { data: ListedEvent[] }
  return data.find((newer) => objectOf(newer)?.id === object)?.id !== event
}

async function read(path: string, baseUrl: string): Promise<unknown> {
  const headers = { authorization: `Bearer ${API_KEY}` }
  return (await fetch(new URL(path, baseUrl), { headers })).json()
}

function objectOf(event: ListedEvent): { id: string; object: string } | undefined {
  const { object } = event['data'] as { object: { id?: string; object: string } }
  return object.id === undefined ? undefined : { ...object, id: object.id }
}

function requestOf(event: ListedEvent): unknown {
  return (event['request'] as { id: string | null } | null)?.id
}

function differencesOf(inEvent: unknown, read: unknown, path = ''): string[] {
  if (isDeepStrictEqual(inEvent, read)) return []
  if (!isHash(inEvent) || !isHash(read)) {
    return [`${path}: ${brief(inEvent)} in the event, ${brief(read)} as read`]
  }
  const names = new Set([...Object.keys(inEvent), ...Object.keys(read)])
  return [...names].flatMap((name) =>
    differencesOf(inEvent[name], read[name], path === '' ? name : `${path}.${name}`),
  )
}

function isHash(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}
