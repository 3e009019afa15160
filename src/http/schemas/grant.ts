import { z } from '@hono/zod-openapi'
import { grantSchema, valueSchema } from './access.ts'
import { instantSchema } from './instant.ts'
import { idSchema } from './scope.ts'

/** Longer than any id Stripe's metadata can carry (500), short enough for every index. */
const MAX_CUSTOMER_LENGTH = 512

export const grantedCustomer = idSchema.max(MAX_CUSTOMER_LENGTH)

export const grantBody = z
  .object({
    feature: z.string().min(1).openapi({ example: 'export' }),
    value: valueSchema.optional().openapi({
      description: 'Absent: true for a flag; a number or null (unlimited) for the others.',
    }),
    until: instantSchema.nullable().optional(),
    note: z
      .string()
      .max(2000)
      .nullable()
      .optional()
      .openapi({ description: 'Who and why, for people.' }),
    id: idSchema.max(255).optional().openapi({ description: 'Makes the call idempotent.' }),
  })
  .strict()
  .openapi('GrantRequest')

export const grantedSchema = z
  .object({ id: z.string(), customer: z.string(), feature: z.string() })
  .openapi('Granted')

export const revokeTarget = z
  .object({
    id: idSchema.optional().openapi({ description: 'Id of one manual grant.' }),
    feature: z.string().min(1).optional().openapi({
      description: 'Every manual grant of this feature.',
    }),
  })
  .openapi('RevokeRequest')

export const revokedSchema = z.object({ revoked: z.array(z.string()) }).openapi('Revoked')

export const grantListSchema = z.object({ grants: z.array(grantSchema) }).openapi('GrantList')
