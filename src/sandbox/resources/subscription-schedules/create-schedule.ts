import type { z } from 'zod'
import { inParameter } from '../../protocol/find.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Subscription, SubscriptionSchedule } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { changeSubscription } from '../subscriptions/change-subscription.ts'
import { makePhases, type Phase } from './make-phases.ts'
import type { createSchedule } from './parameters.ts'
import { scheduleNext } from './next-step.ts'
import { runSchedule } from './run-schedule.ts'

export type ScheduleInput = z.output<typeof createSchedule>

/**
 * Makes a schedule; one that starts now starts its subscription with it (stripe-facts rows 70 and 72).
 * @throws {StripeError} 400 for what Stripe refuses.
 */
export function newSchedule(world: World, input: ScheduleInput): SubscriptionSchedule {
  if (input.from_subscription !== undefined) return fromSubscription(world, input)
  if (input.customer === undefined) {
    throw invalidRequest('Missing required param: customer.', {
      code: 'parameter_missing',
      param: 'customer',
    })
  }
  inParameter(world, 'customer', input.customer, 'customer')
  if (input.phases === undefined) {
    throw invalidRequest('Missing required param: phases.', {
      code: 'parameter_missing',
      param: 'phases',
    })
  }
  const now = world.now(input.customer)
  const start =
    input.start_date === undefined || input.start_date === 'now' ? now : input.start_date
  const schedule = insertSchedule(world, {
    customer: input.customer,
    phases: makePhases(world, input.phases, start, now),
    input,
    mode: input.billing_mode?.type ?? 'flexible',
  })
  runSchedule(world, schedule.id)
  scheduleNext(world, schedule.id)
  return world.must('subscription_schedule', schedule.id)
}

function fromSubscription(world: World, input: ScheduleInput): SubscriptionSchedule {
  const id = input.from_subscription ?? ''
  const subscription = inParameter(world, 'subscription', id, 'from_subscription')
  if (input.phases !== undefined || input.customer !== undefined) {
    throw invalidRequest(
      'You cannot set any other parameters if `from_subscription` is set: update the schedule afterwards.',
      { param: 'from_subscription' },
    )
  }
  if (subscription.schedule !== null) {
    throw invalidRequest(
      `You cannot migrate a subscription that is already attached to a schedule: ${subscription.schedule}.`,
      { param: 'from_subscription' },
    )
  }
  if (!['active', 'trialing', 'past_due'].includes(subscription.status)) {
    throw invalidRequest(
      `You cannot migrate a subscription in the \`${subscription.status}\` status to a schedule.`,
      { param: 'from_subscription' },
    )
  }
  const phase = phaseOf(subscription)
  const schedule = insertSchedule(world, {
    customer: subscription.customer,
    phases: [phase],
    input,
    mode: subscription.billing_mode.type === 'classic' ? 'classic' : 'flexible',
    subscription: id,
  })
  changeSubscription(world, id, { schedule: schedule.id })
  scheduleNext(world, schedule.id)
  return world.must('subscription_schedule', schedule.id)
}

/** The subscription as it stands, as the one phase of its running period. */
function phaseOf(subscription: Subscription): Phase {
  const { data } = subscription.items
  return {
    add_invoice_items: [],
    application_fee_percent: null,
    billing_cycle_anchor: null,
    billing_thresholds: null,
    collection_method: null,
    currency: subscription.currency,
    default_payment_method: subscription.default_payment_method,
    default_tax_rates: subscription.default_tax_rates ?? [],
    description: subscription.description,
    discounts: subscription.discounts.map((discount) => ({
      coupon: null,
      discount: String(discount),
      promotion_code: null,
    })),
    end_date: Math.max(...data.map((item) => item.current_period_end)),
    invoice_settings: null,
    items: data.map((item) => ({
      billing_thresholds: null,
      discounts: [],
      metadata: item.metadata,
      plan: item.price.id,
      price: item.price.id,
      ...(item.quantity === undefined ? {} : { quantity: item.quantity }),
      tax_rates: item.tax_rates,
    })),
    metadata: subscription.metadata,
    on_behalf_of: null,
    proration_behavior: 'create_prorations',
    start_date: Math.min(...data.map((item) => item.current_period_start)),
    transfer_data: null,
    trial_end: subscription.status === 'trialing' ? subscription.trial_end : null,
  }
}

function insertSchedule(
  world: World,
  made: {
    readonly customer: string
    readonly phases: readonly Phase[]
    readonly input: ScheduleInput
    readonly mode: 'classic' | 'flexible'
    readonly subscription?: string
  },
): SubscriptionSchedule {
  const { input, phases } = made
  const [first] = phases
  const isAttached = made.subscription !== undefined
  const schedule: SubscriptionSchedule = {
    id: world.id('sub_sched'),
    object: 'subscription_schedule',
    application: null,
    billing_mode: {
      flexible: made.mode === 'flexible' ? { proration_discounts: 'included' } : null,
      type: made.mode,
    },
    canceled_at: null,
    completed_at: null,
    created: world.now(made.customer),
    current_phase:
      isAttached && first !== undefined
        ? { end_date: first.end_date, start_date: first.start_date }
        : null,
    customer: made.customer,
    customer_account: null,
    default_settings: defaultSettings(input.default_settings),
    end_behavior: input.end_behavior ?? 'release',
    livemode: false,
    metadata: input.metadata ?? {},
    pause_schedules: [],
    phases,
    released_at: null,
    released_subscription: null,
    status: isAttached ? 'active' : 'not_started',
    subscription: made.subscription ?? null,
    test_clock: world.testClockOf(made.customer),
  }
  world.insert('subscription_schedule', schedule)
  world.insert('~schedule', { id: schedule.id, announced: isAttached, warned: false })
  if (isAttached) world.emit('subscription_schedule.created', schedule)
  return schedule
}

export function defaultSettings(
  settings: ScheduleInput['default_settings'],
  before?: SubscriptionSchedule['default_settings'],
): SubscriptionSchedule['default_settings'] {
  const invoice = settings?.invoice_settings
  return {
    application_fee_percent: null,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null },
    billing_cycle_anchor:
      settings?.billing_cycle_anchor ?? before?.billing_cycle_anchor ?? 'automatic',
    billing_thresholds: null,
    collection_method:
      settings?.collection_method ?? before?.collection_method ?? 'charge_automatically',
    default_payment_method:
      settings?.default_payment_method ?? before?.default_payment_method ?? null,
    description:
      settings?.description === undefined ? (before?.description ?? null) : settings.description,
    invoice_settings: {
      account_tax_ids: null,
      custom_fields: null,
      days_until_due: invoice?.days_until_due ?? before?.invoice_settings.days_until_due ?? null,
      description: invoice?.description ?? before?.invoice_settings.description ?? null,
      footer: invoice?.footer ?? before?.invoice_settings.footer ?? null,
      issuer: { type: 'self' },
    },
    on_behalf_of: null,
    transfer_data: null,
  }
}
