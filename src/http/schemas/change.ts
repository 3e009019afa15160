import { z } from '@hono/zod-openapi'
import { featureAccessSchema } from './access.ts'

export const changeSchema = z
  .object({
    id: z.string().openapi({ example: 'chg_42', description: 'Stable: use it to drop repeats.' }),
    position: z.number().int(),
    account: z.string(),
    livemode: z.boolean(),
    customer: z.string(),
    feature: z.string(),
    before: featureAccessSchema,
    after: featureAccessSchema,
    cause: z
      .string()
      .openapi({ description: 'event, read, manual, clock, catalog, rebuild, linked or usage.' }),
    observations: z.array(z.string()),
    decidedAt: z.number().int(),
  })
  .openapi('Change', { description: 'One transition of what one customer may use.' })

export const changesPageSchema = z
  .object({
    changes: z.array(changeSchema),
    next: z.number().int().openapi({ description: 'Pass as `after` for the next page.' }),
    hasMore: z.boolean(),
  })
  .openapi('ChangesPage')

export const changesQuery = z.object({
  after: z.coerce.number().int().min(0).optional().openapi({
    description: 'Position to begin after; 0: from the first.',
  }),
  limit: z.coerce.number().int().min(1).max(1000).optional().openapi({ example: 100 }),
  customer: z.string().min(1).optional(),
})
