import type { SubscriptionState } from '../../core/fact.ts'
import type { Fields } from '../fields.ts'
import { ownerOf } from './owner.ts'
import { subscriptionItems } from './subscription-item.ts'

export function reduceSubscription(
  fields: Fields,
  _eventType: string,
  id: string,
): SubscriptionState {
  const { items, hasMore } = subscriptionItems(fields, id)
  const pause = fields.child('pause_collection')
  return {
    status: fields.requiredText('status'),
    customer: ownerOf(fields),
    created: fields.integer('created'),
    startDate: fields.integer('start_date') ?? fields.integer('start'),
    items,
    hasMoreItems: hasMore,
    latestInvoice: fields.id('latest_invoice'),
    trialStart: fields.integer('trial_start'),
    trialEnd: fields.integer('trial_end'),
    cancelAt: fields.integer('cancel_at'),
    cancelAtPeriodEnd: fields.flag('cancel_at_period_end') ?? false,
    canceledAt: fields.integer('canceled_at'),
    endedAt: fields.integer('ended_at'),
    pauseCollection: pause.isPresent
      ? { behavior: pause.text('behavior'), resumesAt: pause.integer('resumes_at') }
      : null,
    hasPendingUpdate: fields.child('pending_update').isPresent,
    // Named `billing` until 2019-10-17.
    collectionMethod: fields.text('collection_method') ?? fields.text('billing'),
    daysUntilDue: fields.integer('days_until_due'),
    metadata: fields.metadata('metadata'),
    testClock: fields.id('test_clock'),
  }
}
