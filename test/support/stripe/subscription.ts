import { type Account, type EmitOptions, StripeObject } from './account.ts'
import type { Customer } from './customer.ts'
import type { Json } from './event.ts'
import { type Price, renderPlan } from './price.ts'
import { type Item, renderItem } from './subscription-item.ts'
import { addInterval } from './time.ts'

export interface SubscriptionFields {
  customer: Customer
  items: readonly { price: Price; quantity?: number }[]
  status?: string
  metadata?: Record<string, string>
  /** Unix seconds. */
  trialEnd?: number
  collectionMethod?: 'charge_automatically' | 'send_invoice'
  daysUntilDue?: number
}

/** What a change to a subscription may touch. */
export interface SubscriptionChanges {
  status?: string
  items?: Item[]
  latestInvoice?: string | null
  trialStart?: number | null
  trialEnd?: number | null
  cancelAt?: number | null
  cancelAtPeriodEnd?: boolean
  canceledAt?: number | null
  endedAt?: number | null
  pauseCollection?: { behavior: string; resumes_at: number | null } | null
  pendingUpdate?: Json | null
  metadata?: Record<string, string>
  statusDetails?: Json | null
  cancellationReason?: string | null
}

export class Subscription extends StripeObject {
  readonly id: string
  readonly customer: Customer
  readonly created: number
  readonly collectionMethod: 'charge_automatically' | 'send_invoice'
  readonly daysUntilDue: number | null
  state: Required<SubscriptionChanges>

  constructor(account: Account, fields: SubscriptionFields) {
    super(account)
    this.id = account.id('sub')
    this.customer = fields.customer
    this.created = account.now
    this.collectionMethod = fields.collectionMethod ?? 'charge_automatically'
    this.daysUntilDue = fields.daysUntilDue ?? null
    this.state = {
      status: fields.status ?? (fields.trialEnd === undefined ? 'active' : 'trialing'),
      items: fields.items.map((item) =>
        this.newItem(item.price, item.quantity ?? 1, fields.trialEnd),
      ),
      latestInvoice: null,
      trialStart: fields.trialEnd === undefined ? null : account.now,
      trialEnd: fields.trialEnd ?? null,
      cancelAt: null,
      cancelAtPeriodEnd: false,
      canceledAt: null,
      endedAt: null,
      pauseCollection: null,
      pendingUpdate: null,
      metadata: fields.metadata ?? {},
      statusDetails: null,
      cancellationReason: null,
    }
  }

  /** An item that starts now; its first period is the trial where there is one. */
  newItem(price: Price, quantity: number, periodEnd?: number): Item {
    const now = this.account.now
    return {
      id: this.account.id('si'),
      price,
      quantity,
      created: now,
      periodStart: now,
      periodEnd: periodEnd ?? addInterval(now, price.interval ?? 'month'),
    }
  }

  get item(): Item {
    const [item] = this.state.items
    if (item === undefined) throw new Error(`${this.id} has no items`)
    return item
  }

  /** The latest end among the items' periods. */
  get periodEnd(): number {
    return Math.max(...this.state.items.map((item) => item.periodEnd))
  }

  update(changes: SubscriptionChanges, options: EmitOptions = {}): this {
    return this.change('customer.subscription.updated', () => this.set(changes), options)
  }

  /** Changes it without a word: what later snapshots will show. */
  set(changes: SubscriptionChanges): void {
    this.state = { ...this.state, ...changes }
  }

  /** Same items with another quantity on the first. */
  withQuantity(quantity: number): Item[] {
    return this.state.items.map((item, index) => (index === 0 ? { ...item, quantity } : item))
  }

  /** Same items with another price on the first. */
  withPrice(price: Price): Item[] {
    return this.state.items.map((item, index) => (index === 0 ? { ...item, price } : item))
  }

  /** Items moved one period on. */
  nextItems(): Item[] {
    return this.state.items.map((item) => ({
      ...item,
      periodStart: item.periodEnd,
      periodEnd: addInterval(item.periodEnd, item.price.interval ?? 'month'),
    }))
  }

  /** Ends it now: `customer.subscription.deleted`. */
  end(reason = 'cancellation_requested'): this {
    const now = this.account.now
    const canceledAt = this.state.canceledAt ?? now
    this.set({ status: 'canceled', canceledAt, endedAt: now, cancellationReason: reason })
    return this.emit('customer.subscription.deleted')
  }

  render(): Json {
    const state = this.state
    const isLegacy = this.account.shape === 'legacy'
    const [first] = state.items
    return {
      id: this.id,
      object: 'subscription',
      application: null,
      billing_cycle_anchor: state.trialEnd ?? this.created,
      ...(isLegacy ? {} : { billing_mode: { type: 'flexible', flexible: null, updated_at: null } }),
      cancel_at: state.cancelAt,
      cancel_at_period_end: state.cancelAtPeriodEnd,
      canceled_at: state.canceledAt,
      cancellation_details: { comment: null, feedback: null, reason: state.cancellationReason },
      collection_method: this.collectionMethod,
      created: this.created,
      currency: 'usd',
      ...(isLegacy
        ? { current_period_end: first?.periodEnd, current_period_start: first?.periodStart }
        : {}),
      customer: this.customer.id,
      ...(isLegacy ? {} : { customer_account: null }),
      days_until_due: this.daysUntilDue,
      default_payment_method: null,
      description: null,
      ended_at: state.endedAt,
      items: {
        object: 'list',
        data: state.items.map((item) => renderItem(item, this.id, this.account.shape)),
        has_more: false,
        total_count: state.items.length,
        url: `/v1/subscription_items?subscription=${this.id}`,
      },
      latest_invoice: state.latestInvoice,
      livemode: false,
      metadata: state.metadata,
      pause_collection: state.pauseCollection,
      pending_setup_intent: null,
      pending_update: state.pendingUpdate,
      ...(isLegacy && state.items.length === 1 && first !== undefined
        ? { plan: renderPlan(first.price), quantity: first.quantity }
        : {}),
      schedule: null,
      start_date: this.created,
      status: state.status,
      ...(isLegacy || state.statusDetails === null ? {} : { status_details: state.statusDetails }),
      test_clock: null,
      trial_end: state.trialEnd,
      trial_start: state.trialStart,
    }
  }
}
