import { bodyLimit } from 'hono/body-limit'
import { ProvisoError } from '../errors.ts'

/** A thousand events with the longest names there are come to less. */
export const MAX_USAGE_BODY_BYTES = 2 * 1024 * 1024

/** Bounds what one request may hold in memory. */
export const usageBodyLimit = bodyLimit({
  maxSize: MAX_USAGE_BODY_BYTES,
  onError() {
    throw new ProvisoError(
      'body_too_large',
      `The body has more than ${MAX_USAGE_BODY_BYTES} bytes; send fewer events in one request.`,
      { details: { maxBytes: MAX_USAGE_BODY_BYTES } },
    )
  },
})
