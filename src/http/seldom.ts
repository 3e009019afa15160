/** Of all time, the part that answering may take. */
const SHARE = 30

/**
 * Answers what was found out last, and finds out anew once the last time has become cheap: what takes a
 * second is asked every half minute at most, what takes none is asked every time.
 */
export function seldom<T>(ask: () => Promise<T>, clock: () => number): () => Promise<T> {
  let answer: Promise<T> | null = null
  let freshUntil = -Infinity
  return () => {
    if (answer !== null && clock() < freshUntil) return answer
    const began = clock()
    const asked = ask()
    answer = asked
    // Whoever asks meanwhile waits for the same answer.
    freshUntil = Infinity
    const done = () => void (freshUntil = clock() + (clock() - began) * SHARE)
    asked.then(done, () => void (freshUntil = -Infinity))
    return asked
  }
}
