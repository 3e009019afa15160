import { ProvisoError } from '../errors.ts'

/** Stripe's largest events are some hundred kilobytes; a mebibyte leaves room and bounds memory. */
export const MAX_BODY_BYTES = 1024 * 1024

/** Read and thrown away of a body that is too large, before its sender is cut off. */
const MAX_DISCARDED_BYTES = 8 * MAX_BODY_BYTES

/** The body's bytes, untouched: a signature covers them exactly as they were sent. */
export async function readRawBody(request: Request): Promise<Uint8Array> {
  const declared = request.headers.get('content-length')
  if (declared !== null) {
    if (Number(declared) > MAX_BODY_BYTES) {
      await discard(request.body?.getReader())
      throw tooLarge(Number(declared))
    }
    // A declared length is what the HTTP parser enforces, so this cannot grow past it; the check
    // below is for callers that build a Request by hand.
    const bytes = new Uint8Array(await request.arrayBuffer())
    if (bytes.byteLength > MAX_BODY_BYTES) throw tooLarge(bytes.byteLength)
    return bytes
  }
  return readBounded(request.body)
}

async function readBounded(body: ReadableStream<Uint8Array> | null): Promise<Uint8Array> {
  if (body === null) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let length = 0
  const reader = body.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return Buffer.concat(chunks, length)
    length += value.byteLength
    if (length > MAX_BODY_BYTES) {
      await discard(reader)
      throw tooLarge(length)
    }
    chunks.push(value)
  }
}

/** A sender that is still writing does not read: without this it would see a reset, not the refusal. */
async function discard(reader: ReadableStreamDefaultReader<Uint8Array> | undefined): Promise<void> {
  if (reader === undefined) return
  for (let length = 0; length <= MAX_DISCARDED_BYTES;) {
    const { done, value } = await reader.read()
    if (done) return
    length += value.byteLength
  }
  await reader.cancel()
}

function tooLarge(bytes: number): ProvisoError {
  return new ProvisoError(
    'body_too_large',
    `The body has ${bytes} bytes or more; at most ${MAX_BODY_BYTES} are taken. Stripe sends no event of that size.`,
    { details: { maxBytes: MAX_BODY_BYTES } },
  )
}
