import { buildFacts } from '../core/facts.ts'
import type { AnySnapshot, Scope } from '../core/fact.ts'
import { identify } from '../core/identity.ts'
import { join } from '../core/joins.ts'
import type { Catalog } from '../core/compile-catalog.ts'
import { because } from '../core/source.ts'
import type { CheckoutView } from '../core/views/checkout-view.ts'
import type { Database } from '../store/database.ts'
import { readAncestors } from '../store/statements/links.ts'
import { rootOf } from '../core/route.ts'
import type { Access, CheckoutStatus } from './engine.ts'
import { FactStore } from './settle/fact-store.ts'

export interface CheckoutStatusOptions {
  database: Database
  catalog: Catalog
  scope: () => Promise<Scope>
  access: (customer: string, scope: Scope) => Promise<Access>
  /** Reads the session from Stripe into the observations; null without a key. */
  read: ((session: string, scope: Scope) => Promise<void>) | null
  /** Resolves when something may have changed, or after so many milliseconds. */
  wait: (waitMs: number) => Promise<void>
}

/** Milliseconds the webhook has to be first, before Stripe is asked. */
const WEBHOOK_FIRST = 1_500
const STEP = 250

/**
 * For the thank-you page, which races the webhook: waits for the verdict, and asks Stripe where it
 * may. `processing` is a delayed payment; it is no failure and no access either.
 */
export function createCheckoutStatus(options: CheckoutStatusOptions) {
  const { database, catalog } = options

  return async function checkoutStatus(
    session: string,
    waitSeconds: number,
  ): Promise<CheckoutStatus> {
    const scope = await options.scope()
    const end = performance.now() + waitSeconds * 1000
    const askAt = performance.now() + Math.min(WEBHOOK_FIRST, (waitSeconds * 1000) / 3)
    let hasAsked = false
    for (;;) {
      const status = await look(session, scope)
      const isOpen =
        status.status === 'unknown' || (status.status === 'complete' && !isVisible(status))
      const left = end - performance.now()
      if (!isOpen) return status
      if (!hasAsked && options.read !== null && (performance.now() >= askAt || left <= 0)) {
        hasAsked = true
        await options.read(session, scope)
        continue
      }
      if (left <= 0) return status
      await options.wait(Math.min(STEP, left))
    }
  }

  async function look(session: string, scope: Scope): Promise<CheckoutStatus> {
    const snapshots = await snapshotsAround(session, scope)
    const facts = buildFacts(snapshots)
    const view = facts.sessions.get(session)
    if (view === undefined || view.completedAt === null) {
      const isExpired = view?.state.status === 'expired'
      return {
        session,
        status: isExpired ? 'expired' : 'unknown',
        customer: null,
        access: null,
        reasons: [
          isExpired
            ? because('checkout_expired', 'The Checkout Session expired unused.', view.evidence, [
                session,
              ])
            : because(
                'checkout_unknown',
                'This Checkout Session has not been heard of.',
                [],
                [session],
              ),
        ],
      }
    }
    const identity = identify(facts, join(facts), catalog)
    const subscription = facts.subscriptions.get(view.state.subscription ?? '')
    const customer =
      subscription === undefined ? identity.ofSession(view) : identity.ofSubscription(subscription)
    return {
      session,
      customer,
      access: await options.access(customer, scope),
      ...statusOf(view, facts.paymentIntents.get(view.state.paymentIntent ?? '')?.state.status),
    }
  }

  async function snapshotsAround(session: string, scope: Scope): Promise<AnySnapshot[]> {
    if (!/^[\x21-\x7e]{1,255}$/.test(session)) return []
    const links = await readAncestors(database, [{ ...scope, object: session }])
    const parents = new Map(links.map(({ object, parent }) => [object, parent]))
    const store = new FactStore(database)
    const root = { ...scope, root: rootOf(session, (key) => parents.get(key)) }
    await store.load([root])
    return store.snapshots([root])
  }
}

/** Settled far enough that the access beside the status already shows it. */
function isVisible({ access }: CheckoutStatus): boolean {
  return access !== null
}

function statusOf(
  view: CheckoutView,
  paymentIntent: string | undefined,
): Pick<CheckoutStatus, 'status' | 'reasons'> {
  const ids = [view.id]
  if (paymentIntent === 'requires_capture') {
    return {
      status: 'processing',
      reasons: [
        because(
          'not_captured',
          'The payment is authorised and not captured yet.',
          view.evidence,
          ids,
        ),
      ],
    }
  }
  if (view.paidAt !== null || paymentIntent === 'succeeded') {
    return {
      status: 'complete',
      reasons: [because('checkout_paid', 'Checkout is complete and paid.', view.paidEvidence, ids)],
    }
  }
  if (view.failedAt !== null || paymentIntent === 'canceled') {
    return {
      status: 'failed',
      reasons: [because('payment_failed', 'The payment failed.', view.failedEvidence, ids)],
    }
  }
  if (view.state.mode === 'setup') {
    return {
      status: 'complete',
      reasons: [
        because(
          'setup_complete',
          'A payment method was saved; nothing was sold.',
          view.evidence,
          ids,
        ),
      ],
    }
  }
  return {
    status: 'processing',
    reasons: [
      because(
        'payment_processing',
        'Checkout is complete and the payment is under way.',
        view.evidence,
        ids,
      ),
    ],
  }
}
