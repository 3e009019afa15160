import { z } from '@hono/zod-openapi'
import { parseInstant } from '../../instant.ts'

/** Unix seconds, or a time in ISO 8601 with its zone; answered as whole Unix seconds. */
export const instantSchema = z
  .union([z.number(), z.string()])
  .transform((value, context) => {
    const seconds = parseInstant(value)
    if (seconds !== null) return seconds
    context.addIssue({
      code: 'custom',
      message: `expected Unix seconds or a time such as 2026-01-31T12:00:00Z, got "${value}"`,
    })
    return z.NEVER
  })
  .openapi({ type: ['integer', 'string'], description: 'Unix seconds, or ISO 8601 with a zone.' })
