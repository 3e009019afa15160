import { createHmac, timingSafeEqual } from 'node:crypto'

/** Stripe's own default. */
export const DEFAULT_TOLERANCE_SECONDS = 300

const DIGEST_BYTES = 32
const HEX_DIGEST = /^[0-9a-f]{64}$/i
const TIMESTAMP = /^[0-9]{1,12}$/

// Stripe sends one v1 per active secret, at most a few; a longer header is somebody's probe.
const MAX_HEADER_LENGTH = 4096
const MAX_SIGNATURES = 16

export interface SignedBody {
  /** The body exactly as it came. */
  body: Uint8Array
  /** The `Stripe-Signature` header. */
  header: string | null
  /** Full `whsec_…` strings; several while one is rolled, or one per endpoint. */
  secrets: readonly string[]
  /** Unix seconds. */
  now: number
  /** Seconds the signature may be old, or ahead of our clock. @defaultValue 300 */
  toleranceSeconds?: number
}

export type SignatureVerdict =
  | { kind: 'ok'; secretIndex: number }
  | { kind: 'missing' | 'invalid' | 'expired' | 'future'; message: string }

/**
 * Stripe's v1 scheme: HMAC-SHA256 over `<t>.<body>` with the whole secret as key (stripe-facts §3).
 * The official SDK does the same but decodes and re-encodes the body and accepts any future time.
 */
export function verifySignature(signed: SignedBody): SignatureVerdict {
  const { body, header, secrets, now } = signed
  if (header === null || header.trim() === '') {
    return {
      kind: 'missing',
      message: 'the request has no Stripe-Signature header: only Stripe may post here',
    }
  }
  const parsed = parseHeader(header)
  if (parsed === null) {
    return {
      kind: 'invalid',
      message: 'the Stripe-Signature header is not of the form t=<seconds>,v1=<64 hex digits>',
    }
  }
  const secretIndex = matchingSecret(body, parsed, secrets)
  if (secretIndex === -1) {
    return {
      kind: 'invalid',
      message:
        `none of the ${secrets.length} configured signing secrets made this signature: ` +
        "check the endpoint's whsec_… secret, and that nothing alters the body before it arrives",
    }
  }
  // Told apart only after a match, so that nobody without the secret learns our clock.
  const age = now - Number(parsed.timestamp)
  const tolerance = signed.toleranceSeconds ?? DEFAULT_TOLERANCE_SECONDS
  if (age > tolerance) {
    return { kind: 'expired', message: `signed ${age} s ago, more than ${tolerance} s allowed` }
  }
  if (age < -tolerance) {
    return {
      kind: 'future',
      message: `signed ${-age} s ahead of our clock, more than ${tolerance} s allowed: check the clock`,
    }
  }
  return { kind: 'ok', secretIndex }
}

/** A `Stripe-Signature` header for a body; `timestamp` in Unix seconds. */
export function signPayload(body: Uint8Array, secret: string, timestamp: number): string {
  return `t=${timestamp},v1=${digest(body, secret, String(timestamp)).toString('hex')}`
}

interface ParsedHeader {
  /** As it was written: the digest is over these very characters. */
  timestamp: string
  signatures: Buffer[]
}

function parseHeader(header: string): ParsedHeader | null {
  if (header.length > MAX_HEADER_LENGTH) return null
  let timestamp: string | null = null
  const signatures: Buffer[] = []
  for (const part of header.split(',')) {
    const separator = part.indexOf('=')
    const scheme = part.slice(0, separator).trim()
    const value = part.slice(separator + 1).trim()
    if (scheme === 't') {
      // Two times would let one be signed and the other be judged.
      if (timestamp !== null || !TIMESTAMP.test(value)) return null
      timestamp = value
    }
    // Other schemes (v0 in test events) are not proof of anything and are passed over.
    if (scheme === 'v1' && HEX_DIGEST.test(value)) signatures.push(Buffer.from(value, 'hex'))
  }
  if (timestamp === null || signatures.length === 0 || signatures.length > MAX_SIGNATURES)
    return null
  return { timestamp, signatures }
}

/** Index of the secret that made one of the signatures, or -1. Always compares all of them. */
function matchingSecret(
  body: Uint8Array,
  header: ParsedHeader,
  secrets: readonly string[],
): number {
  let match = -1
  secrets.forEach((secret, index) => {
    // An empty key is one that anybody can sign with.
    if (secret === '') return
    const expected = digest(body, secret, header.timestamp)
    for (const signature of header.signatures) {
      const isEqual = signature.length === DIGEST_BYTES && timingSafeEqual(signature, expected)
      if (isEqual && match === -1) match = index
    }
  })
  return match
}

function digest(body: Uint8Array, secret: string, timestamp: string): Buffer {
  return createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest()
}
