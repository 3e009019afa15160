/**
 * One text per value, whatever order its keys were stored in: two snapshots are the same state
 * exactly when their canonical texts are equal.
 */
export function canonical(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  const record = value as Record<string, unknown>
  const parts: string[] = []
  for (const key of Object.keys(record).sort()) {
    if (record[key] !== undefined) parts.push(`${JSON.stringify(key)}:${canonical(record[key])}`)
  }
  return `{${parts.join(',')}}`
}

const texts = new WeakMap<object, string>()

/** The same, remembered per object: a snapshot is never changed once it is made. */
export function canonicalText(value: object): string {
  const known = texts.get(value)
  if (known !== undefined) return known
  const text = canonical(value)
  texts.set(value, text)
  return text
}

/** Code-unit order: the same on every machine, unlike locale order. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Payload text made safe to show and to store: no control characters, bounded length. */
export function clean(text: string, maxLength = 120): string {
  const plain = text.replace(/[\u0000-\u001f\u007f\ud800-\udfff]/g, '\ufffd')
  return plain.length > maxLength ? `${plain.slice(0, maxLength)}…` : plain
}
