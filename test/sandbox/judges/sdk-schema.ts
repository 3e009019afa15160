/**
 * Stripe's own SDK as judge: strict JSON Schema made from the types of the installed `stripe`
 * package, which Stripe generates from its OpenAPI file. Closed objects, closed enums, nothing
 * optional that the SDK does not mark so. Judges raw JSON, not what the SDK makes of it.
 */
import { isJsonObject } from './json-object.ts'
import { loadSdkKnowledge } from './knowledge-cache.ts'
import { refsOf } from './sdk/json-schema.ts'
import { createObjectJudge, within } from './object-judge.ts'
import { createRouteTable } from './route-table.ts'
import { createSchemaJudge } from './schema-judge.ts'
import { violationAt } from './violation.ts'
import type { Violation } from './violation.ts'
import { validateWholeNumbers } from './whole-numbers.ts'

export { describeViolation } from './violation.ts'
export type { Violation } from './violation.ts'

/** An answer to a request, as it went over the wire. */
export interface Answer {
  method: string
  /** Without the query. */
  path: string
  status: number
  /** Parsed JSON. */
  body: unknown
}

const knowledge = loadSdkKnowledge()
const judge = createSchemaJudge(knowledge)
const objects = createObjectJudge(knowledge, judge)
const table = createRouteTable(knowledge.routes)

/** The version of the API that all this describes. */
export const sdkApiVersion = knowledge.apiVersion

/** The 275 types of snapshot events. */
export const eventTypes: ReadonlySet<string> = new Set(Object.keys(knowledge.events))

/** The types of thin events, which `GET /v2/core/events` lists. */
export const thinEventTypes: ReadonlySet<string> = new Set(Object.keys(knowledge.thinEvents))

/** The 650 routes; variable parts of a path are written `{name}`. */
export const routes: readonly { method: string; path: string }[] = knowledge.routes

/** The route that a request goes to; undefined for one that the SDK does not know. */
export function routeOf(
  method: string,
  path: string,
): { method: string; path: string } | undefined {
  return table.match(method, path)
}

/**
 * Names of the parameters on the top level that a route takes, of the current version; undefined
 * for a route that the SDK does not know.
 */
export function parameterNames(method: string, path: string): ReadonlySet<string> | undefined {
  const route = table.match(method, path)
  return route === undefined ? undefined : new Set(route.parameters)
}

/** The path that an object is read at by its id alone: `/v1/customers/{id}`; not all have one. */
export function readPath(object: string, id: string): string | undefined {
  const names = new Set(knowledge.objects[object])
  const route = knowledge.routes.find(
    ({ method, path, answer }) =>
      method === 'GET' &&
      /^[^{]+\/\{\w+\}$/.test(path) &&
      refsOf(answer).some((name) => names.has(name)),
  )
  return route?.path.replace(/\{\w+\}$/, encodeURIComponent(id))
}

/** What is wrong with an object, a deleted object, a list or a search result. */
export function validateObject(value: unknown): Violation[] {
  return objects.validateObject(value)
}

/**
 * What is wrong with an event: its type, its envelope, `data.object` and `previous_attributes`.
 * Of an event rendered in another version of the API only the envelope is judged.
 */
export function validateEvent(value: unknown): Violation[] {
  return objects.validateEvent(value)
}

/** What is wrong with an answer, which is to be what the SDK's method for the route promises. */
export function validateAnswer({ method, path, status, body }: Answer): Violation[] {
  if (status >= 400) return judge.bySchema(knowledge.error, body)
  const route = table.match(method, path)
  if (route === undefined) {
    return [violationAt(body, [], "a route of the SDK's", `${method} ${path}`)]
  }
  if (path === '/v1/events' || path.startsWith('/v1/events/')) return objects.validateObject(body)
  // Thin events carry no version; each is judged alone, or 300 shapes would be tried.
  if (path === '/v2/core/events' && isJsonObject(body) && Array.isArray(body['data'])) {
    return body['data'].flatMap((event, index) =>
      within(`data[${index}]`, objects.validateEvent(event)),
    )
  }
  return [...judge.bySchema(route.answer, body), ...validateWholeNumbers(body)]
}
