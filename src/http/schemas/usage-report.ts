import { z } from '@hono/zod-openapi'
import { REPORT_STATUSES } from '../../engine/usage/report-contract.ts'
import { instantSchema } from './instant.ts'
import { idSchema, scopeQuery } from './scope.ts'

const units = z.number().int()
const second = z.number().int().openapi({ description: 'Unix second.' })

const statusSchema = z.enum(REPORT_STATUSES).openapi({
  description:
    '`pending` and `waiting` (nobody to bill yet) were not sent; `doubt`: sent and not confirmed; `refused` and `dropped` wait for a person.',
})

export const usageReportSchema = z
  .object({
    identifier: z.string(),
    sentAs: z.string().openapi({ description: 'The `identifier` that Stripe knows it by.' }),
    customer: z.string(),
    stripeCustomer: z.string().nullable().openapi({ description: 'null: not known yet.' }),
    feature: z.string(),
    meter: z.string().openapi({ description: 'Event name of the meter.' }),
    quantity: units,
    at: second.openapi({ description: 'The Unix second it is reported with.' }),
    status: statusSchema,
    attempts: units,
    firstSentAt: second.nullable(),
    code: z.string().nullable().openapi({ description: 'Of the refusal.' }),
    message: z.string().nullable().openapi({ description: 'Stripe’s words, or ours.' }),
  })
  .openapi('UsageReport')

export const usageReportsSchema = z
  .object({
    reports: z.array(usageReportSchema),
    next: z.string().nullable().openapi({
      description: 'Pass as `after` for the next page; null: this is the last.',
    }),
  })
  .openapi('UsageReports')

export const MAX_REPORTS = 1000

export const usageReportsQuery = scopeQuery.extend({
  status: z.enum(REPORT_STATUSES).optional(),
  customer: idSchema.optional().openapi({
    description: 'The app’s own id, or the Stripe customer that is billed.',
  }),
  after: idSchema.optional().openapi({ description: '`next` of the page before.' }),
  limit: z.coerce.number().int().min(1).max(MAX_REPORTS).optional().openapi({
    description: 'Absent: 100.',
  }),
})

export const retryReportsBody = z
  .object({
    identifier: idSchema.optional().openapi({
      description:
        'One report, refused or dropped; absent: all of the status, save what may count at Stripe already (`doubt_unsettled`).',
    }),
    status: z.enum(['refused', 'dropped']).optional().openapi({ description: 'Absent: refused.' }),
  })
  .strict()
  .openapi('RetryReportsRequest')

const countSchema = z.object({ reports: units, units })

export const usageCountsSchema = z
  .object({
    recorded: units.openapi({ description: 'Units that are to be reported, in all.' }),
    unreported: units.openapi({ description: 'Of them, in no report yet.' }),
    reported: units.openapi({ description: 'Of them, sent to Stripe at least once.' }),
    reports: z.object({
      pending: countSchema,
      waiting: countSchema,
      doubt: countSchema,
      accepted: countSchema,
      refused: countSchema,
      dropped: countSchema,
      cancelling: countSchema,
      cancelled: countSchema,
    }),
  })
  .openapi('UsageCounts')

export const reconcileQuery = scopeQuery.extend({
  customer: idSchema.optional().openapi({
    description:
      'The app’s own id, or the Stripe customer that is billed; with it come all who share its bill.',
  }),
  meter: idSchema.optional().openapi({ description: 'Event name of a meter.' }),
  from: instantSchema.optional().openapi({ description: 'Absent: 35 days before `to`.' }),
  to: instantSchema.optional().openapi({ description: 'Exclusive; absent: now.' }),
})

const reconciliationSchema = z
  .object({
    customers: z.array(z.string()).openapi({
      description: 'Whose usage it is; several where they share a Stripe customer.',
    }),
    meter: z.string(),
    stripeCustomer: z.string().nullable().openapi({ description: 'null: there is none yet.' }),
    from: second,
    to: second.openapi({ description: 'Exclusive.' }),
    recorded: units,
    reported: units.openapi({ description: 'Sent to Stripe at least once.' }),
    accepted: units,
    refused: units,
    dropped: units,
    waiting: units.openapi({ description: 'Not sent, or not confirmed.' }),
    stripe: z.number().nullable().openapi({
      description: 'What Stripe counts; null: it could not be asked.',
    }),
    difference: z.number().nullable().openapi({ description: '`stripe` less `recorded`.' }),
    isEven: z.boolean().openapi({
      description:
        'Stripe counts what was recorded, save what policy dropped; false where it cannot be compared.',
    }),
    reports: z.array(usageReportSchema).openapi({ description: 'Those that explain it.' }),
    unreported: z.array(z.string()).openapi({
      description: 'Ids of usage that no report carries yet; the first hundred.',
    }),
  })
  .openapi('Reconciliation')

export const reconciliationsSchema = z
  .object({
    isEven: z.boolean().openapi({ description: 'Every line is.' }),
    lines: z.array(reconciliationSchema),
  })
  .openapi('Reconciliations')
