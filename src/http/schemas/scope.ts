import { z } from '@hono/zod-openapi'
import type { Scope } from '../../core/fact.ts'
import { isStorable } from '../../storable-text.ts'

/** Nothing stored can be named by what cannot be stored. */
export const idSchema = z
  .string()
  .min(1)
  .refine(isStorable, 'must not contain a NUL character or half of a character')

export const customerParameters = z.object({
  id: idSchema.openapi({
    param: { name: 'id', in: 'path' },
    description: "The app's own customer id, or a Stripe customer id (`cus_…`).",
    example: 'ada',
  }),
})

export const scopeQuery = z.object({
  livemode: z.enum(['true', 'false']).optional().openapi({
    description: 'Which of Stripe’s two modes; default: the one this service is set to.',
  }),
  account: idSchema.optional().openapi({
    description: 'Connected account (`acct_…`); absent: the account’s own objects.',
  }),
})

export function scopeOf(query: z.infer<typeof scopeQuery>): Partial<Scope> {
  return {
    ...(query.livemode === undefined ? {} : { livemode: query.livemode === 'true' }),
    ...(query.account === undefined ? {} : { account: query.account }),
  }
}
