import { z } from '@hono/zod-openapi'
import { GRANT_STATES } from '../../core/decision.ts'
import { usageStandingSchema } from './usage-standing.ts'

export const reasonSchema = z
  .object({
    code: z.string().openapi({ example: 'invoice_paid' }),
    message: z.string().openapi({ description: 'One plain sentence for people.' }),
    events: z.array(z.string()).openapi({ description: 'Ids of the observations it rests on.' }),
    objects: z.array(z.string()).openapi({ description: 'Ids of the Stripe objects it rests on.' }),
  })
  .openapi('Reason')

export const valueSchema = z.union([z.boolean(), z.number(), z.null()]).openapi({
  description: 'A boolean for a flag; a number for quantity, limit and credits; null: unlimited.',
})

const untilSchema = z.number().int().nullable().openapi({
  description:
    'Unix second from which it no longer holds unless something new is learnt; null: for good.',
})

export const featureAccessSchema = z
  .object({
    allowed: z.boolean(),
    state: z.enum(GRANT_STATES),
    value: valueSchema,
    until: untilSchema,
    reasons: z.array(reasonSchema),
  })
  .openapi('FeatureAccess')

export const needSchema = z
  .object({ type: z.string(), object: z.string(), reason: z.string() })
  .openapi('Need', { description: 'Something only Stripe’s API can tell.' })

export const alertSchema = z
  .object({ code: z.string(), message: z.string(), objects: z.array(z.string()) })
  .openapi('Alert', { description: 'A thing a person should look at.' })

export const accessSchema = z
  .object({
    customer: z.string(),
    livemode: z.boolean(),
    account: z.string(),
    asOf: z.number().int().openapi({ description: 'The Unix second the answer holds for.' }),
    features: z
      .record(z.string(), featureAccessSchema)
      .openapi({ description: 'Every feature of the catalog is listed.' }),
    paymentMethodOnFile: z.boolean(),
    needs: z.array(needSchema),
    alerts: z.array(alertSchema),
  })
  .openapi('Access')

export const checkSchema = featureAccessSchema
  .extend({
    customer: z.string(),
    feature: z.string(),
    asOf: z.number().int(),
    usage: usageStandingSchema.optional().openapi({
      description: 'Metered features and credits only: how much is used and left.',
    }),
  })
  .openapi('Check')

export const grantSchema = z
  .object({
    feature: z.string(),
    source: z.string().openapi({ example: 'sub_1abc/si_1abc' }),
    kind: z.enum(['subscription', 'purchase', 'entitlement', 'manual']),
    product: z.string().nullable(),
    state: z.enum(GRANT_STATES),
    value: valueSchema,
    until: untilSchema,
    reasons: z.array(reasonSchema),
  })
  .openapi('Grant', { description: 'A feature that one source gives.' })
