import { z } from '@hono/zod-openapi'
import { reasonSchema } from './access.ts'
import { errorDetailSchema } from './error.ts'
import { usageStandingSchema } from './usage-standing.ts'

const units = z.number().int()
const second = z.number().int().openapi({ description: 'Unix second.' })

const named = z.object({
  id: z.string(),
  customer: z.string(),
  feature: z.string(),
  at: second.openapi({ description: 'The Unix second the usage belongs to.' }),
  isNew: z.boolean().openapi({ description: 'false: it was on record, nothing was added.' }),
  asOf: second.openapi({ description: 'The Unix second the answer holds for.' }),
})

const over = units.openapi({ description: 'The part that nothing included covers.' })
const reserved = units.openapi({ description: 'What had been set aside.' })

export const trackedSchema = named.extend({ quantity: units }).openapi('Tracked')

const takenSchema = trackedSchema.extend({ over, usage: usageStandingSchema })

export const trackedLinesSchema = z
  .object({
    recorded: units.openapi({ description: 'Lines on record now, repeats included.' }),
    failed: units,
    lines: z
      .array(
        z.union([
          trackedSchema.extend({ ok: z.literal(true) }).openapi('TrackedLine'),
          z.object({ ok: z.literal(false), error: errorDetailSchema }).openapi('FailedLine'),
        ]),
      )
      .openapi({ description: 'One for each event, in their order.' }),
  })
  .openapi('TrackedLines')

export const consumedSchema = takenSchema
  .extend({
    allowed: z.boolean().openapi({ description: 'false: nothing was taken.' }),
    reason: z.union([reasonSchema, z.null()]).openapi({
      description: 'Why not; null where it is allowed.',
    }),
  })
  .openapi('Consumed')

export const reservationSchema = consumedSchema
  .extend({
    expiresAt: second.openapi({ description: 'From then on it counts as released.' }),
  })
  .openapi('Reservation')

export const finalisedSchema = takenSchema.extend({ reserved }).openapi('Finalised')
export const releasedSchema = named
  .extend({ usage: usageStandingSchema, reserved })
  .openapi('Released')

export const cancelledSchema = named
  .extend({
    usage: usageStandingSchema,
    quantity: units.openapi({ description: 'Units that are given back.' }),
    isNew: z.boolean().openapi({ description: 'false: it was taken back before.' }),
  })
  .openapi('Cancelled')

const burnSchema = z.object({
  allowance: z.string(),
  quantity: units,
  isOver: z.literal(true).optional(),
})

const allowanceSchema = z
  .object({
    id: z.string().openapi({ example: 'sub_1abc@1760000000' }),
    kind: z.enum(['limit', 'credits', 'stray']),
    source: z.string(),
    from: second,
    until: second.nullable().openapi({ description: 'Exclusive; null: for good.' }),
    periodEnd: second.nullable(),
    amount: units.nullable().openapi({ description: 'null: without limit.' }),
    spent: units,
    over,
    overage: z.enum(['block', 'bill']),
    isVoid: z.boolean().openapi({ description: 'Taken back: refunded, disputed or revoked.' }),
    clawbacks: z
      .array(z.object({ at: second, restoredAt: second.nullable(), quantity: units }))
      .readonly(),
  })
  .openapi('Allowance', { description: 'An amount that one source gives for a span of time.' })

export const customerUsageSchema = usageStandingSchema
  .extend({
    customer: z.string(),
    feature: z.string(),
    type: z.enum(['metered', 'credits']),
    allowed: z.boolean().openapi({ description: 'The feature may be used at all.' }),
    over: units.openapi({ description: 'Used beyond everything included, in this period.' }),
    asOf: second,
    allowances: z.array(allowanceSchema).readonly(),
    holds: z
      .array(
        z.object({
          id: z.string(),
          quantity: units,
          at: second,
          expiresAt: second,
          burned: z.array(burnSchema).readonly(),
        }),
      )
      .readonly(),
    history: z
      .array(
        z.object({
          at: second,
          type: z.enum([
            'granted',
            'spent',
            'given_back',
            'held',
            'expired',
            'clawed_back',
            'restored',
          ]),
          allowance: z.string(),
          quantity: units.openapi({ description: 'Negative where it left the balance.' }),
          usage: z.string().nullable(),
        }),
      )
      .readonly()
      .openapi({ description: 'Credits only: its quantities sum to `remaining`.' }),
  })
  .openapi('CustomerUsage')
