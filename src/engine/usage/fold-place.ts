/** Milliseconds before what was passed is looked at again: its feature may have left the catalog for good. */
const PASS_MS = 60_000

export interface FoldPlace {
  /** `seq` of the last batch not to look at; 0n: from the first. */
  after(): bigint
  /** Everything up to here was looked at, and some of it can not be counted by this process. */
  pass(seq: bigint): void
  /** There is nothing more. */
  ended(): void
}

/**
 * Where a process has got to in a list from which it may not take everything: what it cannot count
 * stays for others and must neither hold up what comes after it nor be read by every fold. Kept in
 * memory, for another process's place is another. It begins anew at an end only, so that looking at a
 * list that is long comes to one.
 */
export function createFoldPlace(clock: () => number = () => performance.now()): FoldPlace {
  let place = 0n
  let begun = 0
  return {
    after: () => place,
    pass(seq) {
      if (place === 0n) begun = clock()
      if (seq > place) place = seq
    },
    ended() {
      if (clock() - begun >= PASS_MS) place = 0n
    },
  }
}
