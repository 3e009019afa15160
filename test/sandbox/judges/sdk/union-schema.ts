import type { JsonKind, JsonSchema } from './json-schema.ts'

type Literal = string | number | boolean

/** One member of a union type. */
export interface UnionMember {
  kind: JsonKind
  schema: JsonSchema
  /** Properties of an object that can only have one value: `object: 'customer'`. */
  tags: Record<string, Literal>
}

/** Asked first: the property by which Stripe itself tells objects apart. */
const TAG_NAMES = ['object', 'type']

/**
 * The schema of a union, written as a choice by what the value is (its kind, then its tag) and not
 * as `anyOf`: of a wrong customer it then says what is wrong with it, not that it is no string.
 */
export function unionSchema(members: readonly UnionMember[]): JsonSchema {
  const byKind = groupBy(members, ({ kind }) => kind)
  const kinds = [...byKind.keys()]
  const choices = kinds.map((kind) => ({ kind, schema: ofKind(kind, byKind.get(kind) ?? []) }))
  const [only] = choices
  if (only !== undefined && choices.length === 1) return only.schema

  const enums = choices.map(({ kind, schema }) => (kind === 'null' ? [null] : schema.enum))
  if (enums.every((values) => values !== undefined)) return { enum: enums.flat() }

  const narrowed = choices.filter(({ kind, schema }) => !isAnyOf(kind, schema))
  return {
    type: kinds,
    ...(narrowed.length === 0
      ? {}
      : {
          allOf: narrowed.map(({ kind, schema }) => ({ if: { type: kind }, then: schema })),
        }),
  }
}

function ofKind(kind: JsonKind, members: readonly UnionMember[]): JsonSchema {
  if (kind === 'object') return ofObjects(members)
  const free = members.find(({ schema }) => isAnyOf(kind, schema))
  if (free !== undefined) return free.schema
  const values = members.map(({ schema }) => schema.const)
  if (values.every((value) => value !== undefined)) {
    return kind === 'boolean' && values.length === 2 ? { type: 'boolean' } : { enum: values }
  }
  const [first] = members
  return first !== undefined && members.length === 1
    ? first.schema
    : { anyOf: members.map(({ schema }) => schema) }
}

function ofObjects(members: readonly UnionMember[]): JsonSchema {
  const [first] = members
  if (first !== undefined && members.length === 1) return first.schema
  const tag = tagOf(members)
  if (tag === undefined) return livingOrDeleted(members)
  const byValue = groupBy(members, ({ tags }) => tags[tag] as Literal)
  return {
    type: 'object',
    required: [tag],
    properties: { [tag]: { enum: [...byValue.keys()] } },
    allOf: [...byValue].map(([value, group]) => ({
      if: { required: [tag], properties: { [tag]: { const: value } } },
      then: livingOrDeleted(group),
    })),
  }
}

/** A customer and a deleted customer are both `object: 'customer'`. */
function livingOrDeleted(members: readonly UnionMember[]): JsonSchema {
  const [first] = members
  if (first !== undefined && members.length === 1) return first.schema
  const gone = members.filter(({ tags }) => tags['deleted'] === true)
  const living = members.filter((member) => !gone.includes(member))
  if (gone.length === 0 || living.length === 0)
    return { anyOf: members.map(({ schema }) => schema) }
  return {
    if: { required: ['deleted'] },
    then: livingOrDeleted(gone),
    else: livingOrDeleted(living),
  }
}

/** A property that all have and that is not the same for all. */
function tagOf(members: readonly UnionMember[]): string | undefined {
  const telling = Object.keys(members[0]?.tags ?? {}).filter(
    (name) =>
      members.every(({ tags }) => name in tags) &&
      new Set(members.map(({ tags }) => tags[name])).size > 1,
  )
  return TAG_NAMES.find((name) => telling.includes(name)) ?? telling[0]
}

/** Whether every value of the kind will do. */
function isAnyOf(kind: JsonKind, schema: JsonSchema): boolean {
  return schema.type === kind && Object.keys(schema).length === 1
}

function groupBy<T, K>(values: readonly T[], keyOf: (value: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const value of values) {
    const group = groups.get(keyOf(value))
    if (group === undefined) groups.set(keyOf(value), [value])
    else group.push(value)
  }
  return groups
}
