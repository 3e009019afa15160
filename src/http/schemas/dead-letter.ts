import { z } from '@hono/zod-openapi'
import { changeSchema } from './change.ts'

export const deadLettersSchema = z
  .object({
    deadLetters: z.array(
      z
        .object({
          consumer: z.string(),
          change: changeSchema,
          attempts: z.number().int(),
          lastError: z.string(),
        })
        .openapi('DeadLetter'),
    ),
  })
  .openapi('DeadLetters')

export const deadLettersQuery = z.object({ consumer: z.string().min(1).optional() })

export const retryBody = z
  .object({
    consumer: z.string().min(1),
    position: z.number().int().min(1).optional().openapi({
      description: 'Position of one change; absent: all of the consumer.',
    }),
  })
  .strict()
  .openapi('RetryRequest')

export const retriedSchema = z.object({ retried: z.number().int() }).openapi('Retried')
