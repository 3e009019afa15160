import type { SubscriptionSchedule } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { createSubscription } from '../subscriptions/create-subscription.ts'
import { changeSchedule } from './change-schedule.ts'
import type { Phase } from './make-phases.ts'
import { phaseDiscounts } from './phase-discounts.ts'

/**
 * The first phase begins: the subscription comes to be, active and with a draft invoice (stripe-facts
 * row 72).
 */
export function startSchedule(world: World, id: string): void {
  const schedule = world.must('subscription_schedule', id)
  const [first] = schedule.phases
  if (first === undefined) throw new Error(`the schedule ${id} has no phases`)
  const subscription = createSubscription(world, inputOf(world, schedule, first))
  const fields = {
    current_phase: { end_date: first.end_date, start_date: first.start_date },
    status: 'active',
    subscription: subscription.id,
  } as const
  if (world.must('~schedule', id).announced) {
    changeSchedule(world, id, fields)
    return
  }
  world.patch('subscription_schedule', id, fields)
  world.patch('~schedule', id, { announced: true })
  world.emit('subscription_schedule.created', world.must('subscription_schedule', id))
}

function inputOf(world: World, schedule: SubscriptionSchedule, phase: Phase) {
  const { default_settings: defaults } = schedule
  const now = world.now(schedule.customer)
  const method = phase.default_payment_method ?? defaults.default_payment_method
  const isSent = (phase.collection_method ?? defaults.collection_method) === 'send_invoice'
  const days =
    phase.invoice_settings?.days_until_due ?? defaults.invoice_settings.days_until_due ?? 30
  const anchor = phase.start_date < now ? phase.start_date : undefined
  return {
    customer: schedule.customer,
    items: phase.items.map((item) => ({
      price: item.price,
      quantity: item.quantity,
      metadata: item.metadata,
      tax_rates: item.tax_rates?.map((rate) => rate.id),
      discounts: phaseDiscounts(item.discounts),
    })),
    add_invoice_items: phase.add_invoice_items.map((item) => ({
      price: item.price,
      quantity: item.quantity ?? 1,
      metadata: item.metadata,
    })),
    backdate_start_date: anchor,
    billing_mode: { type: schedule.billing_mode.type === 'classic' ? 'classic' : 'flexible' },
    collection_method: isSent ? 'send_invoice' : 'charge_automatically',
    ...(isSent ? { days_until_due: days } : {}),
    ...(method === null ? {} : { default_payment_method: method }),
    description: phase.description ?? defaults.description,
    discounts: phaseDiscounts(phase.discounts),
    firstInvoice: 'draft',
    metadata: phase.metadata,
    schedule: schedule.id,
    ...(phase.trial_end !== null && phase.trial_end > now ? { trial_end: phase.trial_end } : {}),
  } as const
}
