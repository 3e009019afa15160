/** The part of JSON Schema (draft 7) that the judges write. */
export interface JsonSchema {
  $ref?: string
  type?: JsonKind | JsonKind[]
  const?: string | number | boolean
  enum?: (string | number | boolean | null)[]
  pattern?: string
  properties?: Record<string, JsonSchema>
  required?: string[]
  additionalProperties?: boolean | JsonSchema
  items?: JsonSchema
  anyOf?: JsonSchema[]
  allOf?: JsonSchema[]
  if?: JsonSchema
  then?: JsonSchema | boolean
  else?: JsonSchema | boolean
  not?: JsonSchema
}

export type JsonKind = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object'

export type Definitions = Record<string, JsonSchema>

const PREFIX = '#/definitions/'

export function refTo(name: string): JsonSchema {
  return { $ref: `${PREFIX}${encodeURIComponent(name)}` }
}

/** The name of the definition that `schema` refers to, if it is nothing but a reference. */
export function refName(schema: JsonSchema): string | undefined {
  return schema.$ref === undefined
    ? undefined
    : decodeURIComponent(schema.$ref.slice(PREFIX.length))
}

/** The names of all definitions that `schema` itself refers to. */
export function refsOf(schema: JsonSchema): string[] {
  return [...JSON.stringify(schema).matchAll(/"\$ref":"#\/definitions\/([^"]+)"/g)].map(
    ([, name = '']) => decodeURIComponent(name),
  )
}
