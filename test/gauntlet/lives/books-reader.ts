import type { Reader } from '../../../src/stripe/reads.ts'
import { answerNeed } from './answer-needs.ts'
import type { Told } from './play-life.ts'

/** Stripe's API as it was at the second the clock shows, told from the life's own events and books. */
export function booksReader(told: Told, clock: { readonly at: number }): Reader {
  return {
    read: ({ type, object }) =>
      Promise.resolve({ kind: 'ok', body: answerNeed(told, { type, object }, clock.at) }),
    async *listEvents() {
      // Nothing was missed: every event is delivered in the end.
    },
    ready: () => Promise.resolve(),
  }
}
