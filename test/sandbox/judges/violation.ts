import type { ErrorObject } from 'ajv'

/** One way in which a JSON value is not as Stripe's own types have it. */
export interface Violation {
  /** Where, from the top of the judged value: `data[0].items.data[1].price.nickname`. */
  path: string
  /** The kind of the innermost object that it is in, and where in that: `price`, `nickname`. */
  object: string
  field: string
  expected: string
  got: string
}

/** `items.data[0].tax: expected no such field, got null (in a subscription_item: tax)`. */
export function describeViolation({ path, object, field, expected, got }: Violation): string {
  return `${path || 'the value'}: expected ${expected}, got ${got} (in a ${object}: ${field})`
}

/** A violation at a place given by its keys, from the top of `root`. */
export function violationAt(
  root: unknown,
  keys: readonly (string | number)[],
  expected: string,
  got = written(valueAt(root, keys)),
): Violation {
  const owner = ownerOf(root, keys)
  return {
    path: joined(keys),
    object: owner.object,
    field: joined(keys.slice(owner.depth)),
    expected,
    got,
  }
}

/** The violation that an error of ajv reports; undefined for one that only follows from others. */
export function violationOf(root: unknown, error: ErrorObject): Violation | undefined {
  const keys = keysOf(error.instancePath)
  const params = error.params as Record<string, unknown>
  const at = (expected: string) => violationAt(root, keys, expected)
  switch (error.keyword) {
    case 'if':
      return undefined
    case 'additionalProperties':
      return violationAt(root, [...keys, String(params['additionalProperty'])], 'no such field')
    case 'required':
      return violationAt(root, [...keys, String(params['missingProperty'])], 'a field', 'none')
    case 'enum':
      return at(`one of ${JSON.stringify(params['allowedValues'])}`)
    case 'const':
      return at(JSON.stringify(params['allowedValue']))
    case 'type':
      return at([params['type']].flat().join(' or '))
    case 'pattern':
      return at(`a string like ${String(params['pattern'])}`)
    default:
      return at(error.message ?? error.keyword)
  }
}

function keysOf(instancePath: string): (string | number)[] {
  return instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part))
}

function valueAt(root: unknown, keys: readonly (string | number)[]): unknown {
  let value = root
  for (const key of keys) value = (value as Record<string | number, unknown> | null)?.[key]
  return value
}

/** The innermost object with an `object` field above the place, lists left out. */
function ownerOf(
  root: unknown,
  keys: readonly (string | number)[],
): { object: string; depth: number } {
  for (let depth = keys.length - 1; depth >= 0; depth--) {
    const value = valueAt(root, keys.slice(0, depth))
    if (typeof value !== 'object' || value === null || !('object' in value)) continue
    if (typeof value.object === 'string' && value.object !== 'list') {
      return { object: value.object, depth }
    }
  }
  return { object: 'value', depth: 0 }
}

function joined(keys: readonly (string | number)[]): string {
  return keys
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${key}`))
    .join('')
}

function written(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value)
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}
