import { expect, test } from 'vitest'
import { seldom } from './seldom.ts'

function setUp(tookMs: number) {
  const state = { now: 0, asked: 0, fails: false }
  const ask = seldom(
    async () => {
      state.asked += 1
      state.now += tookMs
      if (state.fails) throw new Error('away')
      return state.asked
    },
    () => state.now,
  )
  return { state, ask }
}

test('what is dear to find out is found out anew only once that is a thirtieth of the time', async () => {
  const { state, ask } = setUp(1_000)

  expect(await ask()).toBe(1)
  state.now += 29_999
  expect(await ask()).toBe(1)
  state.now += 1
  expect(await ask()).toBe(2)
})

test('what costs nothing is found out each time', async () => {
  const { ask } = setUp(0)

  expect([await ask(), await ask()]).toEqual([1, 2])
})

test('those who ask at once share an answer', async () => {
  const { ask } = setUp(1)

  expect(await Promise.all([ask(), ask(), ask()])).toEqual([1, 1, 1])
})

test('a failure is not kept', async () => {
  const { state, ask } = setUp(1_000)
  state.fails = true
  await expect(ask()).rejects.toThrow('away')
  state.fails = false

  expect(await ask()).toBe(2)
})
