import { z } from '@hono/zod-openapi'
import { accessSchema, reasonSchema } from './access.ts'

/** Longer than any page should keep a buyer waiting, shorter than common proxies' limits. */
export const MAX_WAIT_SECONDS = 30

export const checkoutStatusSchema = z
  .object({
    session: z.string(),
    status: z.enum(['complete', 'processing', 'failed', 'expired', 'unknown']),
    customer: z.string().nullable(),
    access: z.union([accessSchema, z.null()]),
    reasons: z.array(reasonSchema),
  })
  .openapi('CheckoutStatus')

export const checkoutQuery = z.object({
  wait: z.coerce
    .number()
    .min(0)
    .max(MAX_WAIT_SECONDS)
    .optional()
    .openapi({
      description: `Seconds to wait for a verdict, at most ${MAX_WAIT_SECONDS}; absent: answer at once.`,
    }),
})
