import { mergeMetadata } from '../../protocol/parameters.ts'
import type { Subscription } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { addInvoiceItems, checkedInvoiceItems } from './add-invoice-items.ts'
import { billChange } from './bill-change.ts'
import { refuseChange, refusePendingParameters } from './refuse-change.ts'
import { changeSubscription, itemList } from './change-subscription.ts'
import { refuseDiscounts, withItemDiscounts } from './discounts.ts'
import { endsForWant } from './end-trial-now.ts'
import { taxRates } from './make-item.ts'
import { automaticTax, cancellationOf, paymentSettings, trialSettings } from './new-subscription.ts'
import { ownPaymentMethod } from './payment-method.ts'
import { planChange, type Change } from './plan-change.ts'
import { billingThresholds } from './thresholds.ts'
import { warnOfTrialEnd } from './trial-warning.ts'
import type { SubscriptionUpdate } from './subscription-input.ts'
import { updateDiscounts } from './update-discounts.ts'

/**
 * Changes a subscription: one `customer.subscription.updated` for all of it, after what it bills
 * (stripe-facts rows 53 to 62).
 * @throws {StripeError} for what Stripe refuses, before anything is changed.
 */
export function updateSubscription(
  world: World,
  id: string,
  given: SubscriptionUpdate,
): Subscription {
  const subscription = world.must('subscription', id)
  refuseChange(subscription, given)
  refusePendingParameters(given)
  refuseDiscounts(world, given.discounts, subscription.customer)
  for (const item of given.items ?? []) {
    refuseDiscounts(world, item.discounts, subscription.customer)
  }
  const added = checkedInvoiceItems(world, given.add_invoice_items, subscription.currency)
  const change = planChange(world, subscription, given)
  const plain = plainFields(world, subscription, given, change)
  if (change.endsTrial && endsForWant(world, id, plain)) return world.must('subscription', id)
  addInvoiceItems(world, subscription, added)
  const discounts = updateDiscounts(world, subscription, given.discounts)
  const { items } = change.fields
  const fields = {
    ...change.fields,
    ...plain,
    ...discounts,
    ...(items === undefined
      ? {}
      : {
          items: itemList(id, withItemDiscounts(world, subscription, items.data, given.items)),
        }),
  }
  const after = isBilling(change)
    ? billChange(world, id, { change, fields, input: given })
    : changeSubscription(world, id, fields)
  if (after.status === 'trialing') warnOfTrialEnd(world, id)
  return world.must('subscription', id)
}

function isBilling({ prorations, billsNow }: Change): boolean {
  return billsNow || prorations.length > 0
}

/** What a change sets without any reckoning. */
function plainFields(
  world: World,
  subscription: Subscription,
  input: SubscriptionUpdate,
  change: Change,
): Partial<Subscription> {
  const now = world.now(subscription.customer)
  const isSent = (input.collection_method ?? subscription.collection_method) === 'send_invoice'
  const rates = taxRates(world, input.default_tax_rates, 'default_tax_rates')
  return {
    ...(input.metadata === undefined
      ? {}
      : { metadata: mergeMetadata(subscription.metadata, input.metadata) }),
    ...(input.description === undefined ? {} : { description: input.description }),
    ...(input.default_payment_method === undefined
      ? {}
      : {
          default_payment_method: ownPaymentMethod(
            world,
            input.default_payment_method,
            subscription.customer,
          ),
        }),
    ...(input.default_source === undefined ? {} : { default_source: input.default_source }),
    ...(input.automatic_tax === undefined
      ? {}
      : { automatic_tax: automaticTax(input.automatic_tax) }),
    ...(input.billing_thresholds === undefined
      ? {}
      : {
          billing_thresholds: billingThresholds(
            input.billing_thresholds,
            change.fields.items?.data ?? subscription.items.data,
          ),
        }),
    ...(input.collection_method === undefined
      ? {}
      : { collection_method: input.collection_method }),
    ...(input.days_until_due === undefined && input.collection_method === undefined
      ? {}
      : { days_until_due: isSent ? (input.days_until_due ?? subscription.days_until_due) : null }),
    ...(input.default_tax_rates === undefined ? {} : { default_tax_rates: rates ?? [] }),
    ...(input.payment_settings === undefined
      ? {}
      : {
          payment_settings: paymentSettings(input.payment_settings, subscription.payment_settings),
        }),
    ...(input.trial_settings === undefined
      ? {}
      : { trial_settings: trialSettings(input.trial_settings) }),
    ...(input.invoice_settings === undefined
      ? {}
      : {
          invoice_settings: {
            ...subscription.invoice_settings,
            ...definedOf(input.invoice_settings),
          } as Subscription['invoice_settings'],
        }),
    ...(input.pause_collection === undefined
      ? {}
      : {
          pause_collection:
            input.pause_collection === null
              ? null
              : {
                  behavior: input.pause_collection.behavior,
                  resumes_at: input.pause_collection.resumes_at ?? null,
                },
        }),
    ...(input.cancellation_details === undefined
      ? {}
      : {
          cancellation_details: {
            comment: null,
            feedback: null,
            feedback_option: null,
            reason: null,
            ...subscription.cancellation_details,
            ...definedOf(input.cancellation_details),
          },
        }),
    ...cancellationFields(subscription, input, change, now),
  }
}

function cancellationFields(
  subscription: Subscription,
  input: SubscriptionUpdate,
  change: Change,
  now: number,
): Partial<Subscription> {
  const items = change.fields.items?.data ?? subscription.items.data
  if (input.cancel_at === undefined && input.cancel_at_period_end === undefined) {
    // The end of the period moves with the period (stripe-facts row 61).
    return subscription.cancel_at_period_end && change.fields.items !== undefined
      ? { cancel_at: cancellationOf({ cancel_at_period_end: true }, items, now).cancel_at }
      : {}
  }
  const isAgain =
    (input.cancel_at_period_end === true && subscription.cancel_at_period_end) ||
    (input.cancel_at_period_end === false &&
      input.cancel_at === undefined &&
      !subscription.cancel_at_period_end)
  if (isAgain) return {}
  const asked = cancellationOf(input, items, now)
  const reason = asked.cancel_at === null ? null : ('cancellation_requested' as const)
  const details = subscription.cancellation_details
  return {
    ...asked,
    cancellation_details: {
      comment: details?.comment ?? null,
      feedback: details?.feedback ?? null,
      feedback_option: details?.feedback_option ?? null,
      ...definedOf(input.cancellation_details ?? {}),
      reason,
    },
  }
}

type Defined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> }

function definedOf<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Defined<T>
}
