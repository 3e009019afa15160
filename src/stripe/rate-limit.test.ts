import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRateLimit } from './rate-limit.ts'

test('lets a burst go at once and then one per interval', () => {
  const limit = createRateLimit({ perSecond: 20, burst: 3, now: () => 0 })

  expect([1, 2, 3, 4, 5].map(() => limit.take())).toEqual([0, 0, 0, 50, 100])
})

test('fills again while nobody asks, to no more than a burst', () => {
  let now = 0
  const limit = createRateLimit({ perSecond: 10, burst: 2, now: () => now })
  for (let taken = 0; taken < 5; taken += 1) limit.take()

  now = 60_000

  expect([1, 2, 3].map(() => limit.take())).toEqual([0, 0, 100])
})

test('lets nobody through while paused', () => {
  const limit = createRateLimit({ perSecond: 10, burst: 2, now: () => 0 })

  limit.pause(5000)

  expect(limit.take()).toBeGreaterThanOrEqual(5000)
})

test('never lets more through in any second than the rate and one burst', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(400), { minLength: 30, maxLength: 120 }), (gaps) => {
      let now = 0
      const limit = createRateLimit({ perSecond: 20, burst: 5, now: () => now })
      const starts = gaps.map((gap) => {
        now += gap
        return now + limit.take()
      })
      for (const start of starts) {
        const within = starts.filter((other) => other >= start && other < start + 1000)
        expect(within.length).toBeLessThanOrEqual(25)
      }
    }),
  )
})
