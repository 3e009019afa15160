import { Ajv } from 'ajv'
import type { ValidateFunction } from 'ajv'
import { refTo } from './sdk/json-schema.ts'
import type { JsonSchema } from './sdk/json-schema.ts'
import type { SdkKnowledge } from './sdk/sdk-knowledge.ts'
import { violationOf } from './violation.ts'
import type { Violation } from './violation.ts'

/** Validates values against the definitions of the SDK. */
export interface SchemaJudge {
  /** Against a schema that refers to the definitions. */
  bySchema(schema: JsonSchema, value: unknown): Violation[]
  /** Against one definition. */
  byName(name: string, value: unknown): Violation[]
}

export function createSchemaJudge({ definitions }: SdkKnowledge): SchemaJudge {
  const ajv = new Ajv({ strict: false, allErrors: true })
  ajv.addSchema({ $id: 'sdk', definitions })
  const compiled = new Map<string, ValidateFunction>()

  function bySchema(schema: JsonSchema, value: unknown): Violation[] {
    const text = JSON.stringify(schema).replaceAll('"#/definitions/', '"sdk#/definitions/')
    let validate = compiled.get(text)
    if (validate === undefined) {
      validate = ajv.compile(JSON.parse(text) as JsonSchema)
      compiled.set(text, validate)
    }
    if (validate(value)) return []
    return (validate.errors ?? []).flatMap((error) => violationOf(value, error) ?? [])
  }

  return { bySchema, byName: (name, value) => bySchema(refTo(name), value) }
}
