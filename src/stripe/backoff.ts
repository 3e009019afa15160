/** How long to leave Stripe alone after it failed: twice as long each time in a row. */
export interface Backoff {
  /** When a request is sent: what `failed` is to be told of it. */
  sent(): number
  /** Milliseconds. Requests that were under way together fail once, however many they are. */
  failed(sent: number): number
  succeeded(): void
}

const FIRST_MS = 1000
const MOST_MS = 60_000

export function createBackoff(): Backoff {
  let inARow = 0
  return {
    sent: () => inARow,
    failed(sent) {
      if (sent === inARow) inARow += 1
      return Math.min(MOST_MS, FIRST_MS * 2 ** Math.max(0, inARow - 1))
    },
    succeeded() {
      inARow = 0
    },
  }
}
