/** A JSON hash as it was parsed: any key, any value. */
export type JsonHash = Readonly<Record<string, unknown>>

export function isHash(value: unknown): value is JsonHash {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The word for a JSON value's type as problem messages name it. */
export function jsonType(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'integer' : 'number'
  return typeof value
}

// PostgreSQL's jsonb refuses NUL and lone surrogates, which JSON text may hold.
const UNSTORABLE = /\0|\p{Surrogate}/gu

/** The text with what jsonb cannot store replaced, so that every state can be written. */
export function storableText(text: string): string {
  return text.replace(UNSTORABLE, '\uFFFD')
}
