import { describe, expect, test } from 'vitest'
import { METER_ERROR_TYPES, readEnvelope } from './envelope.ts'

const bytes = (value: unknown) =>
  new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value))

const event = {
  id: 'evt_1',
  object: 'event',
  type: 'invoice.paid',
  created: 1_760_000_000,
  livemode: true,
  data: { object: { id: 'in_1', object: 'invoice' } },
}

function messageOf(value: unknown): string {
  const verdict = readEnvelope(bytes(value))
  return verdict.kind === 'event' ? 'event' : `${verdict.kind}: ${verdict.message}`
}

describe('an envelope', () => {
  test('gives what intake keys the event by, and the very bytes', () => {
    const body = bytes({ ...event, account: 'acct_1' })

    expect(readEnvelope(body)).toEqual({
      kind: 'event',
      event: {
        account: 'acct_1',
        livemode: true,
        id: 'evt_1',
        type: 'invoice.paid',
        created: 1_760_000_000,
        body,
      },
    })
  })

  test('without account and mode is of the account itself, in test mode', () => {
    const verdict = readEnvelope(bytes({ ...event, livemode: undefined }))

    expect(verdict).toMatchObject({ kind: 'event', event: { account: '', livemode: false } })
  })

  test.each([
    ['id', { ...event, id: undefined }],
    ['id', { ...event, id: '' }],
    ['id', { ...event, id: 'evt 1' }],
    ['id', { ...event, id: 'evt_\u0000' }],
    ['id', { ...event, id: 'é' }],
    ['id', { ...event, id: 'e'.repeat(256) }],
    ['id', { ...event, id: 7 }],
    ['type', { ...event, type: null }],
    ['type', { ...event, type: 'a b' }],
    ['created', { ...event, created: '1760000000' }],
    ['created', { ...event, created: 1.5 }],
    ['created', { ...event, created: -1 }],
    ['created', { ...event, created: undefined }],
    ['livemode', { ...event, livemode: 'true' }],
    ['account', { ...event, account: 7 }],
    ['account', { ...event, account: 'acct 1' }],
    ['body', []],
    ['body', 7],
    ['body', 'null'],
  ])('names %s as what is wrong with %o', (field, value) => {
    expect(messageOf(value)).toMatch(new RegExp(`^invalid: ${field}: expected `))
  })

  test.each([['{'], [''], ['hello'], ['\ufeff{}']])('of %o is not JSON, or no event', (text) => {
    expect(messageOf(text)).not.toBe('event')
  })

  test('that is not UTF-8 is not JSON', () => {
    const body = bytes(event)
    body[10] = 0xff

    expect(readEnvelope(body).kind).toBe('not_json')
  })
})

describe('a thin event', () => {
  test.each([
    [{ id: 'evt_1', object: 'v2.core.event', type: 'v1.invoice.paid', created: '2026-11-22' }],
    [{ id: 'evt_1', object: 'v2.core.event', type: 'v2.core.account.created' }],
    [{ id: 'evt_1', type: 'v1.billing.meter.renamed', related_object: { id: 'mtr_1' } }],
  ])('is named as such, with what to do: %o', (thin) => {
    expect(messageOf(thin)).toMatch(/^thin: .*register .* "snapshot"/)
  })

  test('is not what merely has a version in its type', () => {
    expect(messageOf({ ...event, type: 'v1.invoice.paid' })).toBe('event')
  })

  test.each(METER_ERROR_TYPES)('of %s is kept, since Stripe has it in no other form', (type) => {
    const event = {
      ...{ id: 'evt_1', object: 'v2.core.event', type, livemode: false, context: 'acct_1' },
      ...{ created: '2026-02-01T00:00:00.000Z', related_object: { id: 'mtr_1' } },
    }
    const body = new TextEncoder().encode(JSON.stringify(event))
    expect(readEnvelope(body)).toEqual({
      kind: 'event',
      event: { account: 'acct_1', livemode: false, id: 'evt_1', type, created: 1769904000, body },
    })
  })
})
