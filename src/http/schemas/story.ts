import { z } from '@hono/zod-openapi'
import {
  alertSchema,
  featureAccessSchema,
  grantSchema,
  needSchema,
  reasonSchema,
} from './access.ts'
import { instantSchema } from './instant.ts'
import { scopeQuery } from './scope.ts'

const conclusionSchema = z
  .object({
    feature: z.string(),
    kind: z.enum([
      'granted',
      'lost',
      'refused',
      'kept',
      'extended',
      'shortened',
      'raised',
      'reduced',
      'same',
    ]),
    before: featureAccessSchema.omit({ reasons: true }),
    after: featureAccessSchema,
    because: z.array(reasonSchema).openapi({
      description: 'Why: the reasons that are new of those sources that changed.',
    }),
  })
  .openapi('Conclusion')

const turnSchema = z
  .object({
    at: z.number().int(),
    by: z.enum(['news', 'clock']),
    happenedAt: z.number().int().nullable().openapi({
      description: 'When it had happened, where it was heard of much later.',
    }),
    deeds: z
      .array(z.object({ what: z.string(), objects: z.array(z.string()) }))
      .openapi({ description: 'What happened, in sentences; empty where only time passed.' }),
    events: z.array(z.string()),
    conclusions: z.array(conclusionSchema),
  })
  .openapi('Turn')

const nextSchema = z
  .object({
    clock: z
      .array(z.object({ at: z.number().int(), conclusions: z.array(conclusionSchema) }))
      .openapi({ description: 'Without any news, earliest first.' }),
    news: z
      .array(
        z.object({
          what: z.string(),
          objects: z.array(z.string()),
          conclusions: z.array(conclusionSchema),
        }),
      )
      .openapi({ description: 'If this were heard (`what` completes "If …"), this would follow.' }),
  })
  .openapi('Next')

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
      .openapi({ description: 'Everything that was observed, oldest first, one entry each.' }),
    turns: z.array(turnSchema).openapi({
      description: 'The same told in turns: what happened, and what was concluded from it.',
    }),
    unremarkable: z.number().int().openapi({
      description: 'Observations in none of the turns, for they changed nothing.',
    }),
    earlier: z.number().int().openapi({
      description: 'Observations before the first turn, of a story too long to be told whole.',
    }),
    next: nextSchema,
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
