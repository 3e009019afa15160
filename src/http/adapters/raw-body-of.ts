import type { IncomingMessage } from 'node:http'

/** Where frameworks put a body they have read already. */
export interface MaybeParsed extends IncomingMessage {
  body?: unknown
  rawBody?: unknown
}

export type ConsumedBody =
  { kind: 'unread' } | { kind: 'raw'; bytes: Buffer } | { kind: 'parsed'; value: unknown }

/** What is left of a request's body: a signature needs the bytes, and a parsed body has lost them. */
export function consumedBody(request: MaybeParsed): ConsumedBody {
  const raw = bytesOf(request.rawBody) ?? bytesOf(request.body)
  if (raw !== null) return { kind: 'raw', bytes: raw }
  if (!request.readableDidRead) return { kind: 'unread' }
  return { kind: 'parsed', value: request.body }
}

function bytesOf(value: unknown): Buffer | null {
  if (typeof value === 'string') return Buffer.from(value, 'utf8')
  if (Buffer.isBuffer(value)) return value
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  return null
}
