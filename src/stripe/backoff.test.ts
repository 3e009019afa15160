import { describe, expect, test } from 'vitest'
import { createBackoff } from './backoff.ts'

describe('the wait after a failure', () => {
  test('doubles with each in a row, up to a minute, and begins anew after a success', () => {
    const backoff = createBackoff()
    const waits = Array.from({ length: 8 }, () => backoff.failed(backoff.sent()))
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000])
    backoff.succeeded()
    expect(backoff.failed(backoff.sent())).toBe(1000)
  })

  test('is the same for all requests that were under way together', () => {
    const backoff = createBackoff()
    const sent = Array.from({ length: 8 }, () => backoff.sent())
    expect(new Set(sent.map((one) => backoff.failed(one)))).toEqual(new Set([1000]))
    expect(backoff.failed(backoff.sent())).toBe(2000)
  })

  test('is the first again for one that was sent before another succeeded', () => {
    const backoff = createBackoff()
    backoff.failed(backoff.sent())
    const sent = backoff.sent()
    backoff.succeeded()
    expect(backoff.failed(sent)).toBe(1000)
  })
})
