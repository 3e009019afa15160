import { z } from '@hono/zod-openapi'
import { ERROR_CODES } from '../../errors.ts'
import type { ErrorCode } from '../../errors.ts'

const codes = Object.keys(ERROR_CODES) as [ErrorCode, ...ErrorCode[]]

export const errorDetailSchema = z.object({
  code: z.enum(codes).openapi({ description: 'Stable word for programs.' }),
  message: z.string(),
  details: z.record(z.string(), z.unknown()).optional(),
})

export const errorSchema = z
  .object({ error: errorDetailSchema.extend({ requestId: z.string() }) })
  .openapi('Error')

/** Entry of a route's `responses` for an error of the common form. */
export function errorAnswer(description: string) {
  return { description, content: { 'application/json': { schema: errorSchema } } }
}

/** What any call below `/v1` may be refused with. */
export const commonErrors = {
  400: errorAnswer(
    '`invalid_request`: the parameters are not valid; `details.problems` lists them all.',
  ),
  401: errorAnswer('`unauthorized`: no key, or a wrong one.'),
  503: errorAnswer(
    '`database_unavailable` or `shutting_down`: try again after `Retry-After` seconds.',
  ),
}

export const bearerOnly = [{ bearer: [] }]
