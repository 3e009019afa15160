import { refName, refTo, refsOf } from './json-schema.ts'
import type { Definitions, JsonKind, JsonSchema } from './json-schema.ts'

const SUFFIX = '~partial'

/**
 * What `previous_attributes` may hold of an object: only the fields that changed, also inside of
 * objects; arrays are given whole. A field that was not there before is null.
 */
export function partialOf(schema: JsonSchema): JsonSchema {
  const name = refName(schema)
  if (name !== undefined) return refTo(name + SUFFIX)
  if (schema.properties !== undefined || schema.additionalProperties !== undefined) {
    return partialObject(schema)
  }
  return {
    ...schema,
    ...(schema.type === undefined ? {} : { type: withNull(schema.type) }),
    ...(schema.enum === undefined ? {} : { enum: [...new Set([...schema.enum, null])] }),
    ...(schema.anyOf === undefined ? {} : { anyOf: schema.anyOf.map(partialOf) }),
    ...(schema.allOf === undefined ? {} : { allOf: schema.allOf.map(partialBranches) }),
    ...partialBranches(schema),
  }
}

/** Adds the partial definitions that `definitions` refer to, until none is missing. */
export function addPartials(definitions: Definitions): void {
  const missing = () =>
    Object.values(definitions)
      .flatMap(refsOf)
      .filter((name) => name.endsWith(SUFFIX) && !(name in definitions))
  for (let names = missing(); names.length > 0; names = missing()) {
    for (const name of names) {
      definitions[name] = partialOf(definitions[name.slice(0, -SUFFIX.length)] ?? {})
    }
  }
}

function partialObject({ properties, additionalProperties, allOf }: JsonSchema): JsonSchema {
  return {
    type: ['object', 'null'],
    properties: Object.fromEntries(
      Object.entries(properties ?? {}).map(([name, schema]) => [name, partialOf(schema)]),
    ),
    ...(allOf === undefined ? {} : { allOf: allOf.map(partialBranches) }),
    ...(additionalProperties === undefined
      ? {}
      : {
          additionalProperties:
            typeof additionalProperties === 'object'
              ? partialOf(additionalProperties)
              : additionalProperties,
        }),
  }
}

/** The branches of a choice; what it is chosen by stays. */
function partialBranches(choice: JsonSchema): JsonSchema {
  return {
    ...(choice.if === undefined ? {} : { if: choice.if }),
    ...(choice.then === undefined ? {} : { then: partialBranch(choice.then) }),
    ...(choice.else === undefined ? {} : { else: partialBranch(choice.else) }),
  }
}

function partialBranch(branch: JsonSchema | boolean): JsonSchema | boolean {
  return typeof branch === 'object' ? partialOf(branch) : branch
}

function withNull(type: JsonKind | JsonKind[]): JsonKind[] {
  return [...new Set([type, 'null' as const].flat())]
}
