import Stripe from 'stripe'
import { describe, expect, test } from 'vitest'
import { signPayload, verifySignature, type SignedBody } from './signature.ts'

const NOW = 1_760_000_000
const SECRET = 'whsec_current'
const payload = JSON.stringify({ id: 'evt_1', object: 'event', note: 'naïve ☃' })
const body = new TextEncoder().encode(payload)

function sdkHeader(options: { secret?: string; timestamp?: number; scheme?: string } = {}): string {
  const { secret = SECRET, timestamp = NOW, ...rest } = options
  return Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp, ...rest })
}

function kindOf(given: Partial<SignedBody>): string {
  return verifySignature({ body, header: sdkHeader(), secrets: [SECRET], now: NOW, ...given }).kind
}

/** The header with the hex digits of its signature changed by `change`. */
function alteredHeader(change: (hex: string) => string): string {
  return sdkHeader().replace(/v1=(.*)$/, (_all, hex: string) => `v1=${change(hex)}`)
}

describe('a body signed by the official SDK', () => {
  test('is accepted', () => {
    expect(verifySignature({ body, header: sdkHeader(), secrets: [SECRET], now: NOW })).toEqual({
      kind: 'ok',
      secretIndex: 0,
    })
  })

  test('is accepted with either secret while one is rolled, and says which', () => {
    const secrets = ['whsec_old', SECRET]

    expect(verifySignature({ body, header: sdkHeader(), secrets, now: NOW })).toEqual({
      kind: 'ok',
      secretIndex: 1,
    })
    expect(kindOf({ header: sdkHeader({ secret: 'whsec_old' }), secrets })).toBe('ok')
  })

  test('is accepted where one of several signatures fits', () => {
    const ours = sdkHeader()
    const other = sdkHeader({ secret: 'whsec_other' }).replace(/^t=\d+,/, '')

    expect(kindOf({ header: `${ours},${other}` })).toBe('ok')
    expect(kindOf({ header: `t=${NOW},${other},${ours.replace(/^t=\d+,/, '')}` })).toBe('ok')
  })

  test('is refused with any one byte of the body changed', () => {
    for (let index = 0; index < body.length; index += 1) {
      const altered = body.slice()
      altered[index] = (altered[index] ?? 0) ^ 1
      expect(kindOf({ body: altered })).toBe('invalid')
    }
    expect(kindOf({ body: body.slice(1) })).toBe('invalid')
    expect(kindOf({ body: new Uint8Array() })).toBe('invalid')
  })

  test('is refused with another secret, none, or an empty one', () => {
    expect(kindOf({ secrets: ['whsec_other'] })).toBe('invalid')
    expect(kindOf({ secrets: [] })).toBe('invalid')
    expect(kindOf({ header: sdkHeader({ secret: '' }), secrets: [''] })).toBe('invalid')
  })

  test('is refused under scheme v0, whatever the signature', () => {
    expect(kindOf({ header: sdkHeader({ scheme: 'v0' }) })).toBe('invalid')
  })

  test('is refused with another time than the signed one', () => {
    expect(kindOf({ header: sdkHeader().replace(`t=${NOW}`, `t=${NOW + 1}`) })).toBe('invalid')
  })

  test('is too old or too early beyond the tolerance, and fine at its edge', () => {
    expect(kindOf({ now: NOW + 300 })).toBe('ok')
    expect(kindOf({ now: NOW + 301 })).toBe('expired')
    expect(kindOf({ now: NOW - 300 })).toBe('ok')
    expect(kindOf({ now: NOW - 301 })).toBe('future')
    expect(kindOf({ now: NOW + 11, toleranceSeconds: 10 })).toBe('expired')
  })

  test('gives away no clock to who has no secret', () => {
    expect(kindOf({ now: NOW + 9999, secrets: ['whsec_other'] })).toBe('invalid')
  })
})

describe('a header', () => {
  test.each([[null], [''], ['   ']])('of %o is missing', (header) => {
    expect(kindOf({ header })).toBe('missing')
  })

  test.each([
    ['no scheme', 'garbage'],
    ['no signature', `t=${NOW}`],
    ['no time', sdkHeader().replace(/^t=\d+,/, '')],
    ['two times', `t=${NOW},${sdkHeader()}`],
    ['an empty time', sdkHeader().replace(/^t=\d+/, 't=')],
    ['a time that is no number', sdkHeader().replace(/^t=\d+/, 't=1e9')],
    ['a negative time', sdkHeader().replace(/^t=/, 't=-')],
    ['a short signature', alteredHeader((hex) => hex.slice(2))],
    ['a long signature', alteredHeader((hex) => `${hex}00`)],
    ['no hex', alteredHeader((hex) => 'z'.repeat(hex.length))],
    ['an empty signature', alteredHeader(() => '')],
    ['thousands of signatures', `t=${NOW}${`,v1=${'0'.repeat(64)}`.repeat(5000)}`],
    ['control characters', '\u0000\r\n,=,='],
    ['only commas', ',,,,,,'],
  ])('with %s is invalid', (_what, header) => {
    expect(kindOf({ header })).toBe('invalid')
  })
})

test('what we sign, the official SDK accepts', () => {
  const now = Math.floor(Date.now() / 1000)
  const header = signPayload(body, SECRET, now)

  expect(Stripe.webhooks.constructEvent(payload, header, SECRET).id).toBe('evt_1')
  expect(kindOf({ header, now })).toBe('ok')
})
