import type { Dice } from './dice.ts'

const TEXTS = [
  '',
  'x'.repeat(10_240),
  '\u0000',
  'nul\u0000inside',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '-1',
  '0',
  '1e400',
  '999999999999999',
  '99999999999999999999',
  '-999999999999999',
  'NaN',
  'Infinity',
  '1.5',
  '0.000000000001',
  'true',
  'null',
  'undefined',
  '[object Object]',
  '🙂'.repeat(50),
  '\ud800',
  '%00',
  "'; drop table customers; --",
  '<script>alert(1)</script>',
  '../../etc/passwd',
]

const NESTED = [
  {},
  [],
  [''],
  { '': '' },
  { a: { b: { c: { d: 'deep' } } } },
  { 0: 'a', 1: 'b' },
  { 5: 'sparse' },
  ['a', { b: 'c' }],
  [[['a']]],
  { length: '3' },
  { id: '__proto__' },
]

/** A value that hardly any parameter takes; `ids` are of other objects, living and removed. */
export function wrongValue(dice: Dice, ids: readonly string[]): unknown {
  if (ids.length > 0 && dice.chance(0.25)) return dice.one(ids)
  return dice.chance(0.3) ? dice.one(NESTED) : dice.one(TEXTS)
}

/** An id in the path that is none. As in a URL, it cannot be empty. */
export function wrongId(dice: Dice, ids: readonly string[]): string {
  if (ids.length > 0 && dice.chance(0.5)) return dice.one(ids)
  return encodeURIComponent(dice.one(TEXTS.filter((text) => text !== '' && text !== '\ud800')))
}

/** Written behind a form: what tries to reach the prototypes of the objects it is decoded into. */
export const POLLUTION = [
  '__proto__[polluted]=yes',
  'constructor[prototype][polluted]=yes',
  'metadata[__proto__][polluted]=yes',
  'metadata[constructor][prototype][polluted]=yes',
  'metadata[__proto__]=yes',
  'a[__proto__][polluted]=yes',
  'items[0][__proto__][polluted]=yes',
  'expand[__proto__]=yes',
  'expand[]=__proto__',
  'expand[]=constructor.prototype',
  'expand[]=data.__proto__.x',
]
