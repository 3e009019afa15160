import { z } from 'zod'

/**
 * The parameters of Stripe's API as they come: strings from forms, or JSON values on /v2. Each
 * parser refuses in Stripe's words; `parseParameters` turns the first refusal into the answer.
 */

class Refusal {
  /** Null where Stripe's refusal has a message and no code. */
  readonly code: string | null
  readonly message: string

  constructor(code: string | null, message: string) {
    this.code = code
    this.message = message
  }
}

function refuse(context: z.core.ParsePayload, refusal: Refusal): never {
  context.issues.push({
    code: 'custom',
    input: context.value,
    params: { code: refusal.code, message: refusal.message },
    message: refusal.message,
  })
  return z.NEVER
}

function scalar<T>(read: (text: string) => T | Refusal) {
  return z.union([z.string(), z.number(), z.boolean()]).transform((value, context) => {
    const result = read(String(value))
    return result instanceof Refusal ? refuse(context, result) : result
  })
}

const EMPTY = new Refusal(
  'parameter_invalid_empty',
  "You passed an empty string for '%'. We assume empty values are an attempt to unset a parameter; however '%' cannot be unset. You should remove '%' from your request or supply a non-empty value.",
)

/** A text that is not empty, of at most 5,000 characters. */
export const text = scalar((value) =>
  value === ''
    ? EMPTY
    : value.length > 5_000
      ? new Refusal(null, 'Invalid string: too long (5000 characters at most).')
      : value,
)

/** A whole number. */
export const integer = scalar((value) =>
  /^-?\d{1,15}$/u.test(value)
    ? Number(value)
    : new Refusal('parameter_invalid_integer', `Invalid integer: ${value}`),
)

/** A whole number that is not negative: quantities, and amounts in minor currency units. */
export const count = scalar((value) =>
  !/^-?\d{1,15}$/u.test(value)
    ? new Refusal('parameter_invalid_integer', `Invalid integer: ${value}`)
    : Number(value) < 0
      ? new Refusal('parameter_invalid_integer', 'This value must be greater than or equal to 0.')
      : Number(value),
)

/** A moment in Unix seconds. */
export const timestamp = scalar((value) =>
  /^\d{1,11}$/u.test(value)
    ? Number(value)
    : new Refusal('parameter_invalid_integer', `Invalid timestamp: ${value}`),
)

/** A moment in Unix seconds, or `now`. */
export const timestampOrNow = scalar((value) =>
  value === 'now'
    ? ('now' as const)
    : /^\d{1,11}$/u.test(value)
      ? Number(value)
      : new Refusal('parameter_invalid_integer', `Invalid timestamp: ${value}`),
)

/** A decimal number, kept as its text so that nothing is rounded. */
export const decimal = scalar((value) =>
  /^-?\d{1,15}(\.\d{1,12})?$/u.test(value) ? value : new Refusal(null, `Invalid decimal: ${value}`),
)

/** A percentage or rate. */
export const number = scalar((value) =>
  /^-?\d{1,15}(\.\d{1,12})?$/u.test(value)
    ? Number(value)
    : new Refusal(null, `Invalid number: ${value}`),
)

export const flag = scalar((value) =>
  value === 'true'
    ? true
    : value === 'false'
      ? false
      : new Refusal(null, `Invalid boolean: ${value}`),
)

/** A currency in lower case. */
export const currency = scalar((value) =>
  /^[A-Za-z]{3}$/u.test(value)
    ? value.toLowerCase()
    : new Refusal(null, `Invalid currency: ${value}.`),
)

export function oneOf<const Values extends readonly string[]>(...values: Values) {
  return scalar((value): Values[number] | Refusal =>
    values.includes(value)
      ? value
      : value === ''
        ? EMPTY
        : new Refusal(null, `Invalid %: must be one of ${listed(values)}`),
  )
}

function listed(values: readonly string[]): string {
  return values.length < 3
    ? values.join(' or ')
    : `${values.slice(0, -1).join(', ')}, or ${String(values.at(-1))}`
}

/** `''` unsets, as null; anything else is read by `inner`. */
export function clearable<T extends z.ZodType>(inner: T) {
  return z.union([z.literal('').transform(() => null), inner])
}

/** A hash with these fields and no others. */
export function hash<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape)
}

/** An array, in any spelling: `a[]=`, `a[0]=`, or `a=` for none. */
export function list<T extends z.ZodType>(inner: T) {
  return z.preprocess(
    (value) => (value === '' ? [] : isNumbered(value) ? Object.values(value) : value),
    z.array(inner),
  )
}

function isNumbered(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.keys(value).length > 0 &&
    Object.keys(value).every((key) => /^\d+$/u.test(key))
  )
}

/**
 * Metadata as it changes the object's: a key with `''` goes, `metadata=` clears all (null).
 * Apply it with `mergeMetadata`.
 */
export const metadata = z.union([
  z.literal('').transform(() => null),
  z.record(
    z.string(),
    z.union([z.string(), z.number(), z.boolean()]).transform((value) => String(value)),
  ),
])

export function mergeMetadata(
  old: Readonly<Record<string, string>>,
  change: Readonly<Record<string, string>> | null | undefined,
): Record<string, string> {
  if (change === undefined) return { ...old }
  if (change === null) return {}
  const merged = Object.entries({ ...old, ...change }).filter(([, value]) => value !== '')
  return Object.fromEntries(merged)
}

/** `created=…` or `created[gte]=…`: bounds in Unix seconds. */
export const createdRange = z.union([
  timestamp.transform((at) => ({ gte: at, lte: at, gt: undefined, lt: undefined })),
  z.strictObject({
    gt: timestamp.optional(),
    gte: timestamp.optional(),
    lt: timestamp.optional(),
    lte: timestamp.optional(),
  }),
])

/** What every list takes. */
export const paging = {
  limit: scalar((value) => {
    const limit = Number(value)
    return Number.isInteger(limit) && limit >= 1 && limit <= 100
      ? limit
      : new Refusal('parameter_invalid_integer', 'This value must be between 1 and 100.')
  }).optional(),
  starting_after: text.optional(),
  ending_before: text.optional(),
}
