import { describe, expect, test } from 'vitest'
import { hashBody } from './body-hash.ts'

const hash = (text: string): string => Buffer.from(hashBody(Buffer.from(text))).toString('hex')

describe('the hash of a body', () => {
  test('does not change when pending_webhooks counts down, compact or pretty', () => {
    expect(hash('{"id":"evt_1","pending_webhooks":12,"type":"a"}')).toBe(
      hash('{"id":"evt_1","pending_webhooks":0,"type":"a"}'),
    )
    expect(hash('{\n  "pending_webhooks": 3,\n  "type": "a"\n}')).toBe(
      hash('{\n  "pending_webhooks": 1,\n  "type": "a"\n}'),
    )
  })

  test('leaves out every occurrence', () => {
    expect(hash('[{"pending_webhooks":1},{"pending_webhooks":22}]')).toBe(
      hash('[{"pending_webhooks":9},{"pending_webhooks":0}]'),
    )
  })

  test('changes with any other byte', () => {
    expect(hash('{"id":"evt_1","pending_webhooks":1}')).not.toBe(
      hash('{"id":"evt_2","pending_webhooks":1}'),
    )
    expect(hash('{"pending_webhooks":1 }')).not.toBe(hash('{"pending_webhooks":1}'))
  })

  test('takes a pending_webhooks that is not a number for data, as in metadata', () => {
    expect(hash('{"pending_webhooks":"1"}')).not.toBe(hash('{"pending_webhooks":"2"}'))
    expect(hash('{"note":"\\"pending_webhooks\\":1"}')).not.toBe(
      hash('{"note":"\\"pending_webhooks\\":2"}'),
    )
  })

  test('is plain SHA-256 when there is nothing to leave out, also of a cut-off or empty body', () => {
    expect(hash('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
    expect(hash('{"pending_webhooks"')).not.toBe(hash('{"pending_webhooks":'))
    expect(hash('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
  })

  test('reads a view into a larger buffer within its bounds', () => {
    const large = Buffer.from('xx{"pending_webhooks":1}yy')
    const view = new Uint8Array(large.buffer, large.byteOffset + 2, large.length - 4)
    expect(Buffer.from(hashBody(view)).toString('hex')).toBe(hash('{"pending_webhooks":7}'))
  })
})
