import { z } from '@hono/zod-openapi'
import { instantSchema } from './instant.ts'
import { idSchema } from './scope.ts'

/** Events of one request at most: as many as the engine records at once. */
export const MAX_EVENTS = 1000

/** Any number passes here: the engine says which are refused, and why, in the same words everywhere. */
const quantitySchema = z
  .custom<number>((value) => typeof value === 'number', 'expected a number')
  .openapi({ type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER, example: 250 })

const idDescription =
  'Up to 100 printable ASCII characters. The same id is recorded once, for good; absent: a random one.'

export const usageEventSchema = z
  .object({
    customer: idSchema.openapi({ example: 'ada' }),
    feature: z.string().min(1).openapi({ example: 'api_calls' }),
    quantity: quantitySchema.optional().openapi({ description: 'A whole number; absent: 1.' }),
    id: z.string().optional().openapi({ example: 'call_8f14e45f', description: idDescription }),
    at: instantSchema.optional().openapi({
      description: 'When it was used: up to 35 days ago, up to 5 minutes ahead; absent: now.',
    }),
    livemode: z.boolean().optional().openapi({ description: 'Beats the one in the query.' }),
    account: idSchema.optional().openapi({ description: 'Beats the one in the query.' }),
  })
  .strict()
  .openapi('UsageEvent')

const batchSchema = z
  .object({
    // Looked at one by one later: a line that is wrong must not cost the others.
    events: z
      .array(z.unknown())
      .min(1, 'expected at least one event')
      .max(MAX_EVENTS, `expected at most ${MAX_EVENTS} events: send the rest in a further request`),
  })
  .strict()

/** One event, or a list of them; which of the two is told by `events` alone, so problems are exact. */
export const usageBody = z
  .unknown()
  .transform((body, context) => {
    const isBatch = typeof body === 'object' && body !== null && 'events' in body
    const parsed = isBatch ? batchSchema.safeParse(body) : usageEventSchema.safeParse(body)
    if (parsed.success) return parsed.data
    for (const { path, message } of parsed.error.issues) {
      context.addIssue({ code: 'custom', path, message })
    }
    return z.NEVER
  })
  .openapi('UsageRequest', {
    oneOf: [
      { $ref: '#/components/schemas/UsageEvent' },
      {
        type: 'object',
        required: ['events'],
        properties: {
          events: {
            type: 'array',
            minItems: 1,
            maxItems: MAX_EVENTS,
            items: { $ref: '#/components/schemas/UsageEvent' },
          },
        },
      },
    ],
  })

export const reserveBody = usageEventSchema
  .extend({
    expiresIn: z.number().optional().openapi({
      type: 'integer',
      description: 'Seconds after which it counts as released, up to 7 days; absent: 900.',
    }),
  })
  .openapi('ReserveRequest')

export const finaliseBody = z
  .object({
    quantity: quantitySchema.openapi({
      minimum: 0,
      description: 'What was used, which may be more than what was set aside.',
    }),
  })
  .strict()
  .openapi('FinaliseRequest')

export const reservationParameters = z.object({
  id: idSchema.openapi({
    param: { name: 'id', in: 'path' },
    description: 'The id that the reservation was answered with.',
    example: 'use_5b1c',
  }),
})

export const usageParameters = z.object({
  id: idSchema.openapi({
    param: { name: 'id', in: 'path' },
    description: 'Of the use; of a reservation that is finalised, the reservation’s.',
    example: 'call_8f14e45f',
  }),
})
