/** By key, in the order given; what has none is left out. */
export function groupsOf<Value>(
  values: readonly Value[],
  key: (value: Value) => string | null | undefined,
): ReadonlyMap<string, readonly Value[]> {
  const groups = new Map<string, Value[]>()
  for (const value of values) {
    const at = key(value)
    if (at === null || at === undefined) continue
    const group = groups.get(at)
    if (group === undefined) groups.set(at, [value])
    else group.push(value)
  }
  return groups
}
