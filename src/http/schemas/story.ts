import { z } from '@hono/zod-openapi'
import { alertSchema, featureAccessSchema, grantSchema, needSchema } from './access.ts'
import { instantSchema } from './instant.ts'
import { scopeQuery } from './scope.ts'

export const storySchema = z
  .object({
    customer: z.string(),
    at: z.number().int().openapi({ description: 'The Unix second it is told for.' }),
    feature: z.string().nullable(),
    features: z.record(z.string(), featureAccessSchema),
    timeline: z
      .array(
        z.object({
          at: z.number().int(),
          what: z.string(),
          event: z.string(),
          eventType: z.string(),
          object: z.string(),
        }),
      )
      .openapi({ description: 'What happened, oldest first.' }),
    grants: z.array(grantSchema),
    needs: z.array(needSchema),
    alerts: z.array(alertSchema),
    wakeAt: z.number().int().nullable(),
  })
  .openapi('Story')

export const storyQuery = scopeQuery.extend({
  feature: z.string().min(1).optional(),
  at: instantSchema.optional(),
})
