import { z } from '@hono/zod-openapi'

export const storedEventSchema = z
  .object({
    id: z.string(),
    account: z.string(),
    livemode: z.boolean(),
    kind: z.enum(['event', 'read', 'manual']),
    type: z.string(),
    created: z.number().int(),
    receivedAt: z.number(),
    isPending: z.boolean(),
    problem: z.string().nullable().openapi({
      description: 'Why no fact could be read from it; null when one was, or none is expected.',
    }),
    body: z.unknown(),
  })
  .openapi('StoredEvent')
