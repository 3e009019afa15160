import type { z } from '@hono/zod-openapi'
import type { UsageEvent } from '../engine/usage/usage-contract.ts'
import { scopeOf } from './schemas/scope.ts'
import type { scopeQuery } from './schemas/scope.ts'
import type { usageEventSchema } from './schemas/usage-request.ts'

/** A use as the engine takes it; what the event says of its mode and account beats the query. */
export function usageEventOf(
  event: z.infer<typeof usageEventSchema>,
  query: z.infer<typeof scopeQuery>,
): UsageEvent {
  const { account, at, customer, feature, id, livemode, quantity } = event
  return {
    customer,
    feature,
    ...(quantity === undefined ? {} : { quantity }),
    ...(id === undefined ? {} : { id }),
    ...(at === undefined ? {} : { at }),
    ...scopeOf(query),
    ...(livemode === undefined ? {} : { livemode }),
    ...(account === undefined ? {} : { account }),
  }
}
