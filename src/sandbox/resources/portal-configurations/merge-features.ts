import type { PortalConfiguration } from '../../tables.ts'
import { NO_FEATURES } from './default-features.ts'
import type { FeatureParams } from './parameters.ts'

type Features = PortalConfiguration['features']

export type FeaturesInput = FeatureParams

/** Features as asked over what was: what is not mentioned stays. */
export function mergeFeatures(old: Features | undefined, input: FeaturesInput): Features {
  const was = old ?? NO_FEATURES
  return {
    customer_update: over(was.customer_update, input.customer_update),
    invoice_history: over(was.invoice_history, input.invoice_history),
    payment_method_update: over(was.payment_method_update, input.payment_method_update),
    subscription_cancel: {
      ...over(was.subscription_cancel, input.subscription_cancel),
      cancellation_reason: over(
        was.subscription_cancel.cancellation_reason,
        input.subscription_cancel?.cancellation_reason,
      ),
    },
    subscription_pause: {
      ...over(was.subscription_pause, input.subscription_pause),
      duration: {
        interval_options:
          input.subscription_pause?.duration?.interval_options?.map((option) => ({
            interval: option.interval,
            interval_count: option.interval_count ?? 1,
          })) ?? was.subscription_pause.duration.interval_options,
        type: input.subscription_pause?.duration?.type ?? was.subscription_pause.duration.type,
      },
    },
    subscription_update: subscriptionUpdate(was.subscription_update, input.subscription_update),
  }
}

function subscriptionUpdate(
  was: Features['subscription_update'],
  input: FeaturesInput['subscription_update'],
): Features['subscription_update'] {
  if (input === undefined) return was
  return {
    // `products` is shown only to who expands it: the caller keeps it apart.
    ...over(was, { ...input, products: undefined }),
    schedule_at_period_end: {
      conditions: input.schedule_at_period_end?.conditions ?? was.schedule_at_period_end.conditions,
    },
  }
}

/** Fields of `input` that say something, over `was`. */
function over<T extends object>(was: T, input: object | undefined): T {
  const given = Object.entries(input ?? {}).filter(([, value]) => value !== undefined)
  return { ...was, ...Object.fromEntries(given) }
}
