interface Row<T> {
  readonly value: T
  readonly sequence: number
}

type Keys<T> = (value: T) => string | readonly string[] | null

/**
 * Immutable values by id, in order of insertion. An update replaces the value and keeps its place,
 * so a snapshot handed out earlier never changes: that is how an event keeps what was true when it
 * was emitted, at the price of a reference.
 */
export class Table<T extends { readonly id: string }> {
  readonly #rows = new Map<string, Row<T>>()
  readonly #order: (string | undefined)[] = []
  readonly #removed = new Set<string>()
  readonly #indexes = new Map<string, { keys: Keys<T>; ids: Map<string, Set<string>> }>()

  get size(): number {
    return this.#rows.size
  }

  get(id: string): T | undefined {
    return this.#rows.get(id)?.value
  }

  wasRemoved(id: string): boolean {
    return this.#removed.has(id)
  }

  set(value: T): void {
    const before = this.#rows.get(value.id)
    this.#rows.set(value.id, { value, sequence: before?.sequence ?? this.#order.length })
    if (before === undefined) this.#order.push(value.id)
    for (const index of this.#indexes.values()) {
      if (before !== undefined) unlist(index, before.value)
      enlist(index, value)
    }
  }

  remove(id: string): void {
    const row = this.#rows.get(id)
    if (row === undefined) return
    this.#rows.delete(id)
    this.#order[row.sequence] = undefined
    this.#removed.add(id)
    for (const index of this.#indexes.values()) unlist(index, row.value)
  }

  /** Values under one key, oldest first. The index is built at its first use and kept after. */
  where(name: string, keys: Keys<T>, key: string): T[] {
    let index = this.#indexes.get(name)
    if (index === undefined) {
      index = { keys, ids: new Map() }
      for (const { value } of this.#rows.values()) enlist(index, value)
      this.#indexes.set(name, index)
    }
    const rows: Row<T>[] = []
    for (const id of index.ids.get(key) ?? []) {
      const row = this.#rows.get(id)
      if (row !== undefined) rows.push(row)
    }
    return rows.sort((a, b) => a.sequence - b.sequence).map((row) => row.value)
  }

  /** Oldest first. */
  *values(): Generator<T> {
    for (const row of this.#rows.values()) yield row.value
  }

  /** Newest first, from just before (older than) `after`, or from the newest. */
  *newestFirst(after?: string): Generator<T> {
    const start = after === undefined ? this.#order.length : (this.#rows.get(after)?.sequence ?? 0)
    for (let at = start - 1; at >= 0; at -= 1) {
      const id = this.#order[at]
      const row = id === undefined ? undefined : this.#rows.get(id)
      if (row !== undefined) yield row.value
    }
  }

  /** Oldest first, from just after (newer than) `before`. */
  *newerThan(before: string): Generator<T> {
    const start = this.#rows.get(before)?.sequence ?? this.#order.length
    for (let at = start + 1; at < this.#order.length; at += 1) {
      const id = this.#order[at]
      const row = id === undefined ? undefined : this.#rows.get(id)
      if (row !== undefined) yield row.value
    }
  }
}

function keysOf<T>(keys: Keys<T>, value: T): readonly string[] {
  const found = keys(value)
  return found === null ? [] : typeof found === 'string' ? [found] : found
}

function enlist<T extends { readonly id: string }>(
  index: { keys: Keys<T>; ids: Map<string, Set<string>> },
  value: T,
): void {
  for (const key of keysOf(index.keys, value)) {
    const ids = index.ids.get(key)
    if (ids === undefined) index.ids.set(key, new Set([value.id]))
    else ids.add(value.id)
  }
}

function unlist<T extends { readonly id: string }>(
  index: { keys: Keys<T>; ids: Map<string, Set<string>> },
  value: T,
): void {
  for (const key of keysOf(index.keys, value)) index.ids.get(key)?.delete(value.id)
}
