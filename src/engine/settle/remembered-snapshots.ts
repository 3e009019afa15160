import type { AnySnapshot } from '../../core/fact.ts'

/** Characters of row texts remembered at most; what they parse to takes several times that. */
const MAX_LENGTH = 16 << 20

/** Row text → snapshots; the least recently used come first. */
const remembered = new Map<string, AnySnapshot[]>()
let length = 0

/**
 * The snapshots of a stored row. A customer's events come in bursts and its whole history is folded
 * for each, so rows are met again at once: the same text gives the same objects, which keep what has
 * been derived of them. The text itself is the key, so whatever other processes write, nothing here
 * can be out of date. Nobody may change what this returns.
 */
export function parseSnapshots(text: string): AnySnapshot[] {
  const known = remembered.get(text)
  if (known !== undefined) {
    remembered.delete(text)
    remembered.set(text, known)
    return known
  }
  const snapshots = JSON.parse(text) as AnySnapshot[]
  remembered.set(text, snapshots)
  length += text.length
  for (const oldest of remembered.keys()) {
    if (length <= MAX_LENGTH) break
    remembered.delete(oldest)
    length -= oldest.length
  }
  return snapshots
}
