import { isHash, jsonType, type JsonHash } from './json.ts'

/** What intake needs of an event; it knows no meaning beyond this. */
export interface EventEnvelope {
  /** Connected account (`acct_…`), or '' for the account's own events. */
  account: string
  livemode: boolean
  id: string
  type: string
  /** Unix seconds. */
  created: number
  /** The body exactly as it came. */
  body: Uint8Array
}

export type EnvelopeVerdict =
  | { kind: 'event'; event: EventEnvelope }
  | { kind: 'thin' | 'not_json' | 'invalid'; message: string }

const EVENT_ID = /^[\x21-\x7e]{1,255}$/
const EVENT_TYPE = /^[\x21-\x7e]{1,255}$/
const ACCOUNT_ID = /^[\x21-\x7e]{0,255}$/
const THIN_TYPE = /^v[12]\./

// `fatal`: replaced bytes would make two different bodies read alike.
const UTF8 = new TextDecoder('utf-8', { fatal: true })

export function readEnvelope(body: Uint8Array): EnvelopeVerdict {
  const json = parse(body)
  if (json === undefined) {
    return { kind: 'not_json', message: 'the body is not JSON in UTF-8: expected a Stripe event' }
  }
  if (!isHash(json)) return invalid('body', 'a JSON object', json)
  if (isThin(json)) {
    if (isMeterError(json['type'])) return readMeterError(json, body)
    return {
      kind: 'thin',
      message:
        `event ${printable(json['id'])} is a thin event (${printable(json['type'])}), which carries ` +
        'no object: register the endpoint with event_payload "snapshot" in the Stripe Dashboard',
    }
  }
  return readEvent(json, body)
}

function readEvent(json: JsonHash, body: Uint8Array): EnvelopeVerdict {
  const { id, type, created } = json
  const livemode = json['livemode'] ?? false
  const account = json['account'] ?? ''
  if (typeof id !== 'string' || !EVENT_ID.test(id)) {
    return invalid('id', '1 to 255 printable ASCII characters without spaces', id)
  }
  if (typeof type !== 'string' || !EVENT_TYPE.test(type)) {
    return invalid('type', 'an event type such as "invoice.paid"', type)
  }
  if (typeof created !== 'number' || !Number.isSafeInteger(created) || created < 0) {
    return invalid('created', 'Unix seconds', created)
  }
  if (typeof livemode !== 'boolean') return invalid('livemode', 'true or false', livemode)
  if (typeof account !== 'string' || !ACCOUNT_ID.test(account)) {
    return invalid('account', 'an account id', account)
  }
  return { kind: 'event', event: { account, livemode, id, type, created, body } }
}

/** Stripe has these in thin form only (stripe-facts §5); the reporter reads the rest of them by id. */
export const METER_ERROR_TYPES: readonly string[] = [
  'v1.billing.meter.error_report_triggered',
  'v1.billing.meter.no_meter_found',
]

function isMeterError(type: unknown): boolean {
  return typeof type === 'string' && METER_ERROR_TYPES.includes(type)
}

/** Thin events tell time as RFC 3339, and a connected account as their context. */
function readMeterError(json: JsonHash, body: Uint8Array): EnvelopeVerdict {
  const { created, context } = json
  const at = typeof created === 'string' ? Math.floor(Date.parse(created) / 1000) : created
  const account = typeof context === 'string' && context.startsWith('acct_') ? context : ''
  return readEvent({ ...json, created: at, account }, body)
}

/** v2 events, and v1 events in their thin form: both name an object and carry none (stripe-facts §3). */
function isThin(json: JsonHash): boolean {
  if (json['object'] === 'v2.core.event') return true
  const data = json['data']
  const hasObject = isHash(data) && isHash(data['object'])
  const type = json['type']
  return !hasObject && typeof type === 'string' && THIN_TYPE.test(type)
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(UTF8.decode(body)) as unknown
  } catch {
    return undefined
  }
}

function invalid(field: string, expected: string, found: unknown): EnvelopeVerdict {
  const what = found === undefined ? 'nothing' : `${jsonType(found)} ${printable(found)}`
  return { kind: 'invalid', message: `${field}: expected ${expected}, found ${what.trim()}` }
}

/** Short and on one line, whatever came. */
function printable(value: unknown): string {
  if (typeof value !== 'string' && typeof value !== 'number') return ''
  return JSON.stringify(String(value).slice(0, 60))
}
