import { createHash } from 'node:crypto'

const KEY = Buffer.from('"pending_webhooks"')
const COLON = 0x3a
const MINUS = 0x2d

/**
 * SHA-256 of a body without every `"pending_webhooks": <number>`: Stripe counts it down between
 * deliveries of one event (stripe-facts §3), and the rest of the bytes stay the same. The bytes are
 * scanned rather than parsed: a key inside a string would have its quotes escaped, so it cannot match.
 */
export function hashBody(body: Uint8Array): Uint8Array {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const hash = createHash('sha256')
  let kept = 0
  for (let at = bytes.indexOf(KEY); at !== -1; at = bytes.indexOf(KEY, at + KEY.length)) {
    const end = endOfNumber(bytes, at + KEY.length)
    if (end === null) continue
    hash.update(bytes.subarray(kept, at))
    kept = end
  }
  return hash.update(bytes.subarray(kept)).digest()
}

/** Where the number after a key ends; `null` when no number follows (metadata may hold such a key). */
function endOfNumber(bytes: Buffer, afterKey: number): number | null {
  const colon = skipSpace(bytes, afterKey)
  if (bytes[colon] !== COLON) return null
  const start = skipSpace(bytes, colon + 1)
  const digits = bytes[start] === MINUS ? start + 1 : start
  let end = digits
  while (isDigit(bytes[end])) end += 1
  return end === digits ? null : end
}

function skipSpace(bytes: Buffer, from: number): number {
  let at = from
  while (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09)
    at += 1
  return at
}

const isDigit = (byte: number | undefined): boolean =>
  byte !== undefined && byte >= 0x30 && byte <= 0x39
