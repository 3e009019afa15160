import { describe, expect, test } from 'vitest'
import { parseSnapshots } from './remembered-snapshots.ts'

const MEBIBYTE = 1 << 20

/** A row of a given length; what is in it does not matter here. */
function row(name: string, length = 0): string {
  return JSON.stringify([{ object: name, note: 'x'.repeat(length) }])
}

describe('snapshots of stored rows', () => {
  test('are the same objects for the same text', () => {
    const first = parseSnapshots(row('sub_1'))

    expect(first).toEqual(JSON.parse(row('sub_1')))
    expect(parseSnapshots(row('sub_1'))).toBe(first)
    expect(parseSnapshots(row('sub_2'))).not.toBe(first)
  })

  test('are forgotten, the least recently used first, before they fill the memory', () => {
    const kept = parseSnapshots(row('kept'))
    const forgotten = parseSnapshots(row('forgotten'))

    for (let count = 0; count < 32; count += 1) {
      parseSnapshots(row(`large ${count}`, MEBIBYTE))
      parseSnapshots(row('kept'))
    }

    expect(parseSnapshots(row('kept'))).toBe(kept)
    expect(parseSnapshots(row('forgotten'))).not.toBe(forgotten)
    expect(parseSnapshots(row('forgotten'))).toEqual(forgotten)
  })
})
