import ts from 'typescript'
import { refTo } from './json-schema.ts'
import type { Definitions, JsonKind, JsonSchema } from './json-schema.ts'
import { partialOf } from './partial-schema.ts'
import { DECIMAL } from './sdk-program.ts'
import { unionSchema } from './union-schema.ts'
import type { UnionMember } from './union-schema.ts'

/** Makes strict JSON Schema of types: objects closed, enums closed, all that is not `?` required. */
export interface SchemaWriter {
  definitions: Definitions
  /** The schema of a type; what it refers to is put into `definitions`. */
  schemaOf(type: ts.Type): JsonSchema
}

export function createSchemaWriter(checker: ts.TypeChecker): SchemaWriter {
  const definitions: Definitions = {}
  const names = new Map<ts.Type, string>()

  function schemaOf(type: ts.Type): JsonSchema {
    if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return {}
    if (type.flags & ts.TypeFlags.Null) return { type: 'null' }
    if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value }
    if (type.flags & ts.TypeFlags.BooleanLiteral) {
      return { const: checker.typeToString(type) === 'true' }
    }
    if (type.flags & ts.TypeFlags.String) return { type: 'string' }
    if (type.flags & ts.TypeFlags.Number) return { type: 'number' }
    if (type.flags & ts.TypeFlags.Boolean) return { type: 'boolean' }
    const [whole] = type.aliasTypeArguments ?? []
    if (type.aliasSymbol?.name === 'Partial' && whole !== undefined) {
      return partialOf(schemaOf(whole))
    }
    if (type.isUnion()) return ofUnion(type)
    if (type.isIntersection()) return ofIntersection(type)
    if (checker.isArrayType(type)) {
      const [item] = checker.getTypeArguments(type as ts.TypeReference)
      return item === undefined ? { type: 'array' } : { type: 'array', items: schemaOf(item) }
    }
    if (isDecimal(type)) return { type: 'string', pattern: '^-?\\d+(\\.\\d+)?$' }
    return ofObject(type)
  }

  function ofUnion(type: ts.UnionType): JsonSchema {
    return unionSchema(type.types.filter((member) => !isAbsent(member)).map(memberOf))
  }

  function memberOf(type: ts.Type): UnionMember {
    const kind = kindOf(type)
    return { kind, schema: schemaOf(type), tags: kind === 'object' ? tagsOf(type) : {} }
  }

  /** Read from the type, because a definition that is being written cannot be looked at yet. */
  function tagsOf(type: ts.Type): UnionMember['tags'] {
    const tags: UnionMember['tags'] = {}
    for (const symbol of checker.getPropertiesOfType(type)) {
      if (symbol.flags & ts.SymbolFlags.Optional) continue
      const value = checker.getTypeOfSymbol(symbol)
      if (value.isStringLiteral()) tags[symbol.name] = value.value
      if (value.flags & ts.TypeFlags.BooleanLiteral) {
        tags[symbol.name] = checker.typeToString(value) === 'true'
      }
    }
    return tags
  }

  function kindOf(type: ts.Type): JsonKind {
    if (type.flags & ts.TypeFlags.Null) return 'null'
    if (type.flags & ts.TypeFlags.StringLike || isDecimal(type)) return 'string'
    if (type.flags & ts.TypeFlags.NumberLike) return 'number'
    if (type.flags & ts.TypeFlags.BooleanLike) return 'boolean'
    return checker.isArrayType(type) ? 'array' : 'object'
  }

  /** `Response<T>` is T and what the SDK itself knows of the answer; only T is on the wire. */
  function ofIntersection(type: ts.IntersectionType): JsonSchema {
    const onTheWire = type.types.filter(
      (member) => member.getProperty('lastResponse') === undefined,
    )
    const [only] = onTheWire
    if (only !== undefined && onTheWire.length === 1) return schemaOf(only)
    return closed(type)
  }

  function ofObject(type: ts.Type): JsonSchema {
    const isNamed = type.isClassOrInterface() && (type.typeParameters ?? []).length === 0
    if (!isNamed) return closed(type)
    const known = names.get(type)
    if (known !== undefined) return refTo(known)
    const name = freeName(checker.getFullyQualifiedName(type.symbol).replace(/^".*"\./, ''))
    names.set(type, name)
    const definition: JsonSchema = {}
    definitions[name] = definition
    Object.assign(definition, closed(type))
    return refTo(name)
  }

  function closed(type: ts.Type): JsonSchema {
    const properties: Record<string, JsonSchema> = {}
    const required: string[] = []
    for (const symbol of checker.getPropertiesOfType(type)) {
      const propertyType = checker.getTypeOfSymbol(symbol)
      // The SDK's own methods, and `deleted?: void`: an object that lives does not say so.
      if (propertyType.getCallSignatures().length > 0 || isAbsent(propertyType)) continue
      properties[symbol.name] = schemaOf(propertyType)
      if (!(symbol.flags & ts.SymbolFlags.Optional)) required.push(symbol.name)
    }
    const values = checker.getIndexTypeOfType(type, ts.IndexKind.String)
    return {
      type: 'object',
      properties,
      ...(required.length === 0 ? {} : { required }),
      additionalProperties: values === undefined ? false : schemaOf(values),
    }
  }

  /** Two resources may carry the same name (there is a `Card` of issuing too). */
  function freeName(wanted: string): string {
    let name = wanted
    for (let next = 2; name in definitions; next++) name = `${wanted}#${next}`
    return name
  }

  return { definitions, schemaOf }
}

function isDecimal(type: ts.Type): boolean {
  // Primitive types have no symbol, whatever the declaration says.
  return (type.symbol as ts.Symbol | undefined)?.name === DECIMAL
}

/** `deleted?: void`, and what `?` adds. */
function isAbsent(type: ts.Type): boolean {
  if (type.isUnion()) return type.types.every(isAbsent)
  return (type.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Void | ts.TypeFlags.Never)) !== 0
}
