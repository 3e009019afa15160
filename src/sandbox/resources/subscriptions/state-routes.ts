import { z } from 'zod'
import { inPath } from '../../protocol/find.ts'
import { hash, oneOf } from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import { changeSubscription } from './change-subscription.ts'
import { billingMode } from './parameters.ts'
import { pauseNow } from './pause-now.ts'
import { resumeSubscription } from './resume.ts'
import { updateDiscounts } from './update-discounts.ts'

const pause = route({
  method: 'POST',
  path: '/v1/subscriptions/:subscription/pause',
  params: hash({
    bill_for: hash({
      outstanding_usage_through: hash({ type: oneOf('none', 'now') }).optional(),
      unused_time_from: hash({
        type: oneOf('item_current_period_start', 'none', 'now'),
      }).optional(),
    }).optional(),
    invoicing_behavior: oneOf('invoice', 'pending_invoice_item').optional(),
    type: oneOf('subscription').optional(),
  }),
  handle: ({ world, path, params }) => {
    const { id } = inPath(world, 'subscription', path['subscription'])
    return pauseNow(world, id, {
      unusedTime: params.bill_for?.unused_time_from?.type ?? 'now',
      outstandingUsage: params.bill_for?.outstanding_usage_through?.type ?? 'now',
      invoicing: params.invoicing_behavior ?? 'pending_invoice_item',
    })
  },
})

const resume = route({
  method: 'POST',
  path: '/v1/subscriptions/:subscription/resume',
  params: hash({
    billing_cycle_anchor: z
      .union([
        oneOf('now', 'unchanged').transform((type) => ({ type })),
        hash({ type: oneOf('now', 'unchanged') }),
      ])
      .optional(),
    payment_behavior: oneOf('resume_on_payment_attempt', 'resume_on_payment_success').optional(),
    proration_behavior: oneOf('always_invoice', 'create_prorations', 'none').optional(),
  }),
  handle: ({ world, path, params }) => {
    const { id } = inPath(world, 'subscription', path['subscription'])
    return resumeSubscription(world, id, {
      ...params,
      billing_cycle_anchor: params.billing_cycle_anchor?.type,
    })
  },
})

const migrate = route({
  method: 'POST',
  path: '/v1/subscriptions/:subscription/migrate',
  params: hash({ billing_mode: billingMode }),
  handle: ({ world, path, params }) => {
    const subscription = inPath(world, 'subscription', path['subscription'])
    if (params.billing_mode.type !== 'flexible') {
      throw invalidRequest('Subscriptions can only be migrated to `flexible` billing mode.', {
        param: 'billing_mode[type]',
      })
    }
    // stripe-facts row 97: one way.
    return changeSubscription(world, subscription.id, {
      billing_mode: {
        flexible: {
          proration_discounts: params.billing_mode.flexible?.proration_discounts ?? 'included',
        },
        type: 'flexible',
        updated_at: world.now(subscription.customer),
      },
    })
  },
})

const removeDiscounts = route({
  method: 'DELETE',
  path: '/v1/subscriptions/:subscription/discount',
  params: hash({}),
  handle: ({ world, path }) => {
    const subscription = inPath(world, 'subscription', path['subscription'])
    const [first] = subscription.discounts.map(String)
    const discount = world.get('discount', first)
    if (discount === undefined) throw invalidRequest('No active discount for subscription')
    changeSubscription(world, subscription.id, updateDiscounts(world, subscription, null))
    return {
      ...Object.fromEntries(Object.entries(discount).filter(([field]) => field !== 'end')),
      deleted: true,
    }
  },
})

/** What is done to a subscription besides changing its fields. */
export const stateRoutes = [pause, resume, migrate, removeDiscounts]
