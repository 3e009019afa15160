const FIRST_MS = 1000
const LAST_MS = 3_600_000
// Ten steps from the first wait to the last: with the default of 12 attempts the eleventh is 1 h.
const FACTOR = (LAST_MS / FIRST_MS) ** (1 / 10)

/** Milliseconds before the nth retry: 1 s for the first, 1 h from the eleventh on. */
export function exponentialBackoffMs(attempt: number): number {
  return Math.round(Math.min(LAST_MS, FIRST_MS * FACTOR ** (attempt - 1)))
}
