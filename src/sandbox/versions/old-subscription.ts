import { wholeDiscount } from './old-catalogue.ts'
import { arrayOf, counted, fieldsOf, without, type OldShape } from './old-shape.ts'

/** Periods stood on the subscription itself, and a single item's plan and quantity beside them. */
export const oldSubscription: OldShape = ({ world }, subscription) => {
  const items = arrayOf(fieldsOf(subscription['items'])['data']).map(fieldsOf)
  const [first] = items
  return {
    ...without(
      subscription,
      'billing_mode',
      'billing_schedules',
      'customer_account',
      'managed_payments',
      'presentment_details',
      'status_details',
    ),
    current_period_end: first?.['current_period_end'] ?? subscription['start_date'],
    current_period_start: first?.['current_period_start'] ?? subscription['start_date'],
    discount: wholeDiscount(world, arrayOf(subscription['discounts'])),
    items: counted(subscription['items']),
    plan: items.length === 1 ? (first?.['plan'] ?? null) : null,
    ...(items.length === 1 && first?.['quantity'] !== undefined
      ? { quantity: first['quantity'] }
      : {}),
  }
}

export const oldSubscriptionItem: OldShape = (_, item) =>
  without(item, 'billed_until', 'current_period_end', 'current_period_start', 'current_trial')

/** Phases had one `coupon` beside the discounts, and items a `plan` beside the price. */
export const oldSchedule: OldShape = (_, schedule) => ({
  ...without(schedule, 'billing_mode', 'customer_account'),
  phases: arrayOf(schedule['phases']).map((phase) => {
    const fields = fieldsOf(phase)
    return {
      ...fields,
      coupon: fieldsOf(arrayOf(fields['discounts'])[0])['coupon'] ?? null,
      items: arrayOf(fields['items']).map((item) => ({
        ...fieldsOf(item),
        plan: fieldsOf(item)['price'],
      })),
    }
  }),
})
