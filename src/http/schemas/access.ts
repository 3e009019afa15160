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

const secondSchema = z.number().int().nullable()

export const grantUsageSchema = z
  .object({
    group: z.string().openapi({
      description: 'What its allowances are named by: the subscription, or the source.',
      example: 'sub_1abc',
    }),
    periodStart: secondSchema,
    periodEnd: secondSchema.openapi({
      description: 'null: none is known, so calendar months count, or it is given once.',
    }),
    interval: z.string().nullable().openapi({ description: 'day, week, month or year.' }),
    intervalCount: z.number().int(),
    anchor: secondSchema.openapi({ description: 'The Unix second that periods are counted from.' }),
    overage: z.enum(['block', 'bill']).openapi({ description: 'What happens beyond a limit.' }),
    givenAt: secondSchema.openapi({
      description: 'The Unix second from which it gives; null: not paid for yet, or taken back.',
    }),
    endsAt: secondSchema.openapi({
      description: 'The Unix second at which what is given once ends by itself; null: never.',
    }),
    expiresAfter: z.number().int().nullable().openapi({
      description: 'Credits: seconds they hold; null: as long as the period or the purchase.',
    }),
    paid: z
      .array(
        z.object({
          from: z.number().int(),
          to: z.number().int(),
          amount: z.number().int(),
          isTaken: z.boolean(),
        }),
      )
      .openapi({ description: 'Credits of a subscription: periods whose money came in.' }),
    frozenAt: secondSchema.openapi({
      description: 'On a Stripe test clock: the second it stands at.',
    }),
  })
  .openapi('GrantUsage', {
    description: 'For which spans of time a grant gives its limit or credits. Unix seconds.',
  })

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
    // A union, since a reference that is "nullable" is described as never null.
    usage: z.union([grantUsageSchema, z.null()]).openapi({
      description: 'null for flags and quantities.',
    }),
  })
  .openapi('Grant', { description: 'A feature that one source gives.' })
