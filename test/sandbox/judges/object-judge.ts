import { isJsonObject } from './json-object.ts'
import type { JsonObject } from './json-object.ts'
import type { SchemaJudge } from './schema-judge.ts'
import type { SdkKnowledge } from './sdk/sdk-knowledge.ts'
import { violationAt } from './violation.ts'
import type { Violation } from './violation.ts'
import { validateWholeNumbers } from './whole-numbers.ts'

/** The envelopes of `GET /v1/customers` and `GET /v1/customers/search`, closed like all else. */
const ENVELOPES: Record<string, string[]> = {
  list: ['object', 'data', 'has_more', 'url'],
  search_result: ['object', 'data', 'has_more', 'url', 'next_page'],
}

/** Judges an object by what it says of itself: `object`, `deleted`, and of an event `type`. */
export function createObjectJudge(knowledge: SdkKnowledge, { bySchema, byName }: SchemaJudge) {
  function validateObject(value: unknown): Violation[] {
    if (!isJsonObject(value)) return [violationAt(value, [], 'an object')]
    const object = value['object']
    if (typeof object !== 'string') return [violationAt(value, ['object'], 'a string')]
    if (object === 'event') return validateEvent(value)
    if (object in ENVELOPES) return validateList(value, ENVELOPES[object] ?? [])
    return [...fewest(namesFor(value, object), value), ...validateWholeNumbers(value)]
  }

  function validateEvent(value: unknown): Violation[] {
    if (!isJsonObject(value)) return [violationAt(value, [], 'an event')]
    const table = value['object'] === 'v2.core.event' ? knowledge.thinEvents : knowledge.events
    const name = table[String(value['type'])]
    if (name === undefined) return [violationAt(value, ['type'], "a type of the SDK's events")]
    const version = value['api_version']
    if (table === knowledge.events && version !== knowledge.apiVersion) {
      // The SDK's types say nothing about the objects of another version.
      const whole = knowledge.definitions[name]
      const data = { type: 'object' as const, required: ['object'] }
      return bySchema({ ...whole, properties: { ...whole?.properties, data } }, value)
    }
    const violations = [...byName(name, value), ...validateWholeNumbers(value)]
    return violations.filter((violation) => !isExcused(value, violation))
  }

  function validateList(list: JsonObject, fields: readonly string[]): Violation[] {
    const { data, has_more: hasMore, url } = list
    return [
      ...fields
        .filter((field) => !(field in list))
        .map((field) => violationAt(list, [field], 'a field', 'none')),
      ...Object.keys(list)
        .filter((field) => !fields.includes(field))
        .map((field) => violationAt(list, [field], 'no such field')),
      ...(typeof hasMore === 'boolean' ? [] : [violationAt(list, ['has_more'], 'a boolean')]),
      ...(typeof url === 'string' ? [] : [violationAt(list, ['url'], 'a string')]),
      ...(Array.isArray(data)
        ? data.flatMap((item, index) => within(`data[${index}]`, validateObject(item)))
        : [violationAt(list, ['data'], 'an array')]),
    ]
  }

  function namesFor(value: JsonObject, object: string): string[] {
    const names = knowledge.objects[object] ?? []
    const isDeletion = (name: string) =>
      knowledge.definitions[name]?.properties?.['deleted'] !== undefined
    const fitting = names.filter((name) => isDeletion(name) === 'deleted' in value)
    return fitting.length > 0 ? fitting : names
  }

  /** A few names stand for two shapes (a card to pay with, a card that was issued). */
  function fewest(names: readonly string[], value: JsonObject): Violation[] {
    let best: Violation[] | undefined
    for (const name of names) {
      const violations = byName(name, value)
      if (best === undefined || violations.length < best.length) best = violations
    }
    return best ?? [violationAt(value, ['object'], "a name of the SDK's objects")]
  }

  return { validateObject, validateEvent }
}

/**
 * The type demands an id of every invoice; the SDK's own words on this event say that the invoice it
 * carries has none (`InvoiceUpcomingEvent`; stripe-facts row 40).
 */
function isExcused(event: JsonObject, { path }: Violation): boolean {
  return event['type'] === 'invoice.upcoming' && path === 'data.object.id'
}

/** The same violations, seen from an object further out. */
export function within(path: string, violations: readonly Violation[]): Violation[] {
  return violations.map((violation) => ({
    ...violation,
    path: violation.path === '' ? path : `${path}.${violation.path}`,
  }))
}
