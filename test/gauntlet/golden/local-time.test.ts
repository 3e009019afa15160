import { describe, expect, test } from 'vitest'
import { localTime, machineZone } from '../../../src/cli/local-time.ts'
import { wrapped } from '../../../src/cli/wrapped.ts'

const at = (iso: string) => Date.parse(iso) / 1000

describe('a moment on a person’s own clock', () => {
  test.each([
    ['UTC', '2026-03-01T00:30:00Z', '1 Mar 2026, 00:30'],
    ['Europe/Berlin', '2026-03-01T00:30:00Z', '1 Mar 2026, 01:30'],
    ['America/Los_Angeles', '2026-03-01T00:30:00Z', '28 Feb 2026, 16:30'],
    ['Asia/Kolkata', '2026-12-31T23:59:59Z', '1 Jan 2027, 05:29'],
  ])('in %s %s is %s', (zone, iso, expected) => {
    expect(localTime(zone).moment(at(iso))).toBe(expected)
  })

  test('follows daylight saving', () => {
    const berlin = localTime('Europe/Berlin')
    expect(berlin.moment(at('2026-03-29T00:59:00Z'))).toBe('29 Mar 2026, 01:59')
    expect(berlin.moment(at('2026-03-29T01:00:00Z'))).toBe('29 Mar 2026, 03:00')
  })

  test('is put in the place of the times in UTC that sentences carry', () => {
    const sentence = 'Paid through 2026-02-28 23:30 UTC; ends 2026-03-03 09:00 UTC.'
    expect(localTime('Europe/Berlin').sentence(sentence)).toBe(
      'Paid through 1 Mar 2026, 00:30; ends 3 Mar 2026, 10:00.',
    )
  })

  test('is refused in a zone there is not', () => {
    expect(() => localTime('Mars/Olympus')).toThrow(RangeError)
    expect(localTime(machineZone()).zone).toBe(machineZone())
  })

  test('of no date is told by its second', () => {
    expect(localTime('UTC').moment(Number.MAX_SAFE_INTEGER)).toBe('second 9007199254740991')
  })
})

describe('a line broken to the width of a terminal', () => {
  test('goes on below the text that comes after its time', () => {
    const line =
      '  1 Mar 2026, 09:00   The renewal invoice was paid at last. [in_1, sub_1; 8 events]'
    expect(wrapped(line, 50)).toEqual([
      '  1 Mar 2026, 09:00   The renewal invoice was paid',
      '                      at last. [in_1, sub_1; 8',
      '                      events]',
    ])
  })

  test('counts no colour', () => {
    const line = '  If \u001b[2mthe renewal\u001b[22m is paid: pro granted.'
    expect(wrapped(line, 40)).toEqual([line])
  })

  test('that fits stays as it is, and one without blanks too', () => {
    expect(wrapped('short', 80)).toEqual(['short'])
    expect(wrapped('x'.repeat(100), 40)).toEqual(['x'.repeat(100)])
  })
})
