import { z } from '@hono/zod-openapi'

const units = z.number().int()

export const usageStandingSchema = z
  .object({
    used: units.openapi({
      description: 'In this period, what is on hold included; of credits: of all that hold.',
    }),
    limit: units.nullable().openapi({ description: 'null: without limit.' }),
    remaining: units.nullable().openapi({ description: 'null: without limit.' }),
    resetsAt: z.number().int().nullable().openapi({
      description:
        'When the first of the periods ends and a new one begins, or credits expire; null: never.',
    }),
  })
  .openapi('UsageStanding')
