import type { Scope } from '../core/fact.ts'
import { isHash, type JsonHash } from './json.ts'
import type { Answer, Get } from './request.ts'

const PAGE_SIZE = 100

export type Entries = { kind: 'ok'; entries: unknown[] } | Exclude<Answer, { kind: 'ok' }>

export interface ListPlace {
  /** Names the rate limit. */
  endpoint: string
  path: string
  query?: Readonly<Record<string, string>>
}

/** All entries of a list of Stripe's, after the ones already held. */
export async function restOfList(
  get: Get,
  scope: Scope,
  place: ListPlace,
  held: readonly unknown[] = [],
): Promise<Entries> {
  const entries = [...held]
  for (;;) {
    const last = entries.at(-1)
    const after = isHash(last) && typeof last['id'] === 'string' ? last['id'] : null
    const query = new URLSearchParams({ ...place.query, limit: String(PAGE_SIZE) })
    if (after !== null) query.set('starting_after', after)
    const answer = await get(place.endpoint, `${place.path}?${query}`, scope)
    if (answer.kind !== 'ok') return answer
    const page = Array.isArray(answer.json['data']) ? (answer.json['data'] as unknown[]) : []
    entries.push(...page)
    // An empty page ends it whatever `has_more` says: it could never be gone past.
    if (answer.json['has_more'] !== true || page.length === 0) return { kind: 'ok', entries }
  }
}

export type Whole = { kind: 'ok'; json: JsonHash } | Exclude<Answer, { kind: 'ok' }>

/** The object with one of its embedded lists made whole, where Stripe cut it short. */
export async function completeList(
  get: Get,
  scope: Scope,
  json: JsonHash,
  name: string,
  place: ListPlace,
): Promise<Whole> {
  const list = json[name]
  if (!isHash(list) || list['has_more'] !== true) return { kind: 'ok', json }
  const held = Array.isArray(list['data']) ? (list['data'] as unknown[]) : []
  const rest = await restOfList(get, scope, place, held)
  if (rest.kind !== 'ok') return rest
  const whole = { ...list, data: rest.entries, has_more: false, total_count: rest.entries.length }
  return { kind: 'ok', json: { ...json, [name]: whole } }
}
