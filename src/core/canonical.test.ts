import { describe, expect, it } from 'vitest'
import { canonical, canonicalText, clean, compareText } from './canonical.ts'

describe('the canonical text', () => {
  it('is one for values that differ only in the order of their keys', () => {
    expect(canonical({ b: 1, a: [{ d: null, c: 'x' }] })).toBe(
      canonical({ a: [{ c: 'x', d: null }], b: 1 }),
    )
  })

  it('is JSON', () => {
    const value = { a: [1, 'two', null, true, [], {}], b: { c: '"' } }
    expect(canonical(value)).toBe('{"a":[1,"two",null,true,[],{}],"b":{"c":"\\""}}')
  })

  it('tells lists in another order apart, and lists from objects', () => {
    expect(canonical([1, 2])).not.toBe(canonical([2, 1]))
    expect(canonical([1])).not.toBe(canonical({ 0: 1 }))
    expect(canonical([])).not.toBe(canonical({}))
  })

  it('tells null, absent and empty apart as JSON does', () => {
    expect(canonical({ a: undefined })).toBe('{}')
    expect(canonical({ a: null })).toBe('{"a":null}')
    expect(canonical({ a: '' })).toBe('{"a":""}')
    expect(canonical(undefined)).toBe('null')
    expect(canonical(null)).toBe('null')
  })

  it('tells keys from values', () => {
    expect(canonical({ a: 1, b: 2 })).not.toBe(canonical({ 'a":1,"b': 2 }))
  })

  it('is remembered per object, and the same as made anew', () => {
    const value = { b: 1, a: 2 }
    expect(canonicalText(value)).toBe('{"a":2,"b":1}')
    // A state is never changed once it is made: the text of the first time is the one that counts.
    value.b = 3
    expect(canonicalText(value)).toBe('{"a":2,"b":1}')
    expect(canonicalText({ a: 2, b: 1 })).toBe('{"a":2,"b":1}')
  })
})

describe('texts are ordered', () => {
  it('by code unit, not by any language’s alphabet', () => {
    expect(['b', 'a', 'Z', 'ä', ''].sort(compareText)).toEqual(['', 'Z', 'a', 'b', 'ä'])
    expect(compareText('a', 'a')).toBe(0)
  })
})

describe('a text of a payload, made safe to show', () => {
  it('has no control characters and no half characters', () => {
    expect(clean('a\u0000b\nc\ud800d\u007f')).toBe('a\ufffdb\ufffdc\ufffdd\ufffd')
    expect(clean('Zoë’s plan 💳')).not.toContain('\n')
  })

  it('is cut where it is too long, and shows that it was', () => {
    expect(clean('x'.repeat(120))).toBe('x'.repeat(120))
    expect(clean('x'.repeat(121))).toBe(`${'x'.repeat(120)}…`)
    expect(clean('abcdef', 3)).toBe('abc…')
  })
})
