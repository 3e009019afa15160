import { isHash, jsonType, storableText, type JsonHash } from './json.ts'
import { isUsableId } from './object-id.ts'

const ABSENT: JsonHash = {}

/**
 * The border's reader: one JSON hash, read field by field. What is absent or null reads as null;
 * what has another type than the fact needs reads as null *and* is noted in `problems`, so that a
 * reducer stays a plain mapping and the caller decides once whether the result may be believed.
 */
export class Fields {
  readonly isPresent: boolean
  readonly problems: string[]
  readonly #hash: JsonHash
  readonly #path: string

  constructor(hash: JsonHash | null, path: string, problems: string[]) {
    this.isPresent = hash !== null
    this.#hash = hash ?? ABSENT
    this.#path = path
    this.problems = problems
  }

  /** True where the key holds anything but null. */
  has(key: string): boolean {
    return this.#value(key) !== null
  }

  text(key: string): string | null {
    const value = this.#value(key)
    if (value === null) return null
    if (typeof value === 'string') return storableText(value)
    return this.#unreadable(key, 'text', value)
  }

  /** For the few fields without which a fact says nothing. */
  requiredText(key: string): string {
    const text = this.text(key)
    if (text === null && !this.has(key)) this.#unreadable(key, 'text', null)
    return text ?? ''
  }

  integer(key: string): number | null {
    const value = this.#value(key)
    if (value === null) return null
    // JSON has a minus zero, which would not equal the zero that jsonb gives back.
    if (Number.isSafeInteger(value)) return (value as number) + 0
    return this.#unreadable(key, 'integer', value)
  }

  requiredInteger(key: string): number {
    const integer = this.integer(key)
    if (integer === null && !this.has(key)) this.#unreadable(key, 'integer', null)
    return integer ?? 0
  }

  flag(key: string): boolean | null {
    const value = this.#value(key)
    if (value === null) return null
    if (typeof value === 'boolean') return value
    return this.#unreadable(key, 'boolean', value)
  }

  /** A grant's value: on or off, or a number. */
  flagOrNumber(key: string): boolean | number | null {
    const value = this.#value(key)
    if (value === null || typeof value === 'boolean') return value
    if (typeof value === 'number' && Number.isFinite(value)) return value + 0
    return this.#unreadable(key, 'boolean or number', value)
  }

  /** The id of an expandable field: a string, or an object that has one (stripe-facts §2.3). */
  id(key: string): string | null {
    const value = this.#value(key)
    if (value === null || value === '') return null
    const id = isHash(value) ? own(value, 'id') : value
    if (isUsableId(id)) return id
    return this.#unreadable(key, 'id of 1 to 255 printable characters', value)
  }

  /** A nested hash; an absent one where there is none. */
  child(key: string): Fields {
    const value = this.#value(key)
    const path = `${this.#path}.${key}`
    if (value === null || isEmptyArray(value)) return new Fields(null, path, this.problems)
    if (isHash(value)) return new Fields(value, path, this.problems)
    this.#unreadable(key, 'object', value)
    return new Fields(null, path, this.problems)
  }

  /** The object of an expandable field; absent where it is not expanded. */
  expanded(key: string): Fields {
    if (typeof this.#value(key) === 'string') {
      return new Fields(null, `${this.#path}.${key}`, this.problems)
    }
    return this.child(key)
  }

  /** A Stripe list, or the bare array of the oldest payloads; null where there is none. */
  list(key: string): { entries: Fields[]; hasMore: boolean } | null {
    const value = this.#value(key)
    if (value === null) return null
    if (Array.isArray(value)) {
      return { entries: this.#entries(value, `${this.#path}.${key}`), hasMore: false }
    }
    const list = this.child(key)
    if (!list.isPresent) return null
    const data = list.#value('data')
    if (data !== null && !Array.isArray(data)) {
      list.#unreadable('data', 'array', data)
      return null
    }
    const entries = list.#entries(data ?? [], `${this.#path}.${key}.data`)
    const total = list.integer('total_count')
    return {
      entries,
      hasMore: list.flag('has_more') ?? (total !== null && total > entries.length),
    }
  }

  /** Text to text, keys sorted. Other values are dropped: a pre-image's null means "was absent". */
  metadata(key: string): Record<string, string> {
    const value = this.#value(key)
    // PHP writes an empty hash as an empty array, and old captures went through PHP.
    if (value === null || isEmptyArray(value)) return {}
    if (!isHash(value)) return this.#unreadable(key, 'object', value) ?? {}
    const pairs: [string, string][] = []
    for (const [name, text] of Object.entries(value)) {
      if (name === '__proto__' || typeof text !== 'string') continue
      pairs.push([storableText(name), storableText(text)])
    }
    return Object.fromEntries(pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
  }

  #value(key: string): unknown {
    return own(this.#hash, key) ?? null
  }

  #entries(data: readonly unknown[], path: string): Fields[] {
    return data.map((entry, index) => {
      const entryPath = `${path}[${index}]`
      if (isHash(entry)) return new Fields(entry, entryPath, this.problems)
      this.problems.push(`${entryPath}: expected object, found ${jsonType(entry)}`)
      return new Fields(null, entryPath, this.problems)
    })
  }

  #unreadable(key: string, expected: string, found: unknown): null {
    this.problems.push(`${this.#path}.${key}: expected ${expected}, found ${jsonType(found)}`)
    return null
  }
}

/** Keys such as `constructor` must not reach the prototype. */
function own(hash: JsonHash, key: string): unknown {
  return Object.hasOwn(hash, key) ? hash[key] : undefined
}

function isEmptyArray(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0
}
