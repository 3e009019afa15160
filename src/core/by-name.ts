/** A record that answers only to names it was given: `constructor` and `__proto__` are names too. */
export function byName<V>(): Record<string, V> {
  return Object.create(null) as Record<string, V>
}
