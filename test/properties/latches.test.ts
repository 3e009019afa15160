import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ALLOWED_STATES } from '../../src/core/decision.ts'
import { evaluate } from '../../src/core/evaluate.ts'
import type { AnySnapshot, FactStates, FactType } from '../../src/core/fact.ts'
import { buildFacts } from '../../src/core/facts.ts'
import { snapshotsOf } from '../support/any-snapshot.ts'
import { pro } from '../support/catalogs.ts'
import { endOf, lives } from '../support/lives.ts'
import { holds } from '../support/property.ts'

/** Any snapshots of an object, one of which is turned into the final state, among what else arrives. */
function finished<T extends FactType>(
  type: T,
  final: Partial<FactStates[T]>,
  rest: (state: FactStates[T]) => boolean = () => true,
): fc.Arbitrary<AnySnapshot[]> {
  const group = fc.array(snapshotsOf(type), { minLength: 1, maxLength: 7 })
  const withState = group.filter((snapshots) => snapshots.some(({ after }) => after !== null))
  return fc.tuple(withState, fc.nat()).map(([snapshots, place]) => {
    const told = snapshots.filter(({ after }) => after !== null)
    const chosen = told[place % told.length]
    return snapshots
      .filter((each) => each === chosen || each.after === null || rest(each.after as never))
      .map((each) => {
        const after = each === chosen ? { ...each.after, ...final } : each.after
        return { ...each, object: 'x_1', after } as AnySnapshot
      })
  })
}

const last: { [K in FactType]?: [final: Partial<FactStates[K]>, status: string][] } = {
  invoice: [[{ status: 'paid' }, 'paid']],
  payment_intent: [[{ status: 'succeeded' }, 'succeeded']],
  dispute: [[{ status: 'won' }, 'won']],
  invoice_payment: [[{ status: 'paid' }, 'paid']],
}

describe('a final state holds, whatever else arrives and in whatever order', () => {
  it('subscription: canceled', () => {
    const ended = lives({ maxChanges: 8 }).chain((life) =>
      fc.tuple(
        fc.subarray(life),
        fc.nat({ max: 90 * 86_400 }).map((wait) => endOf(life, (life[0]?.at ?? 0) + wait)),
      ),
    )
    holds(
      fc.property(fc.tuple(ended), ([[life, end]]) => {
        const view = buildFacts([...life, end]).subscriptions.get('sub_1')
        expect(view).toMatchObject({ endedAt: end.at, isAmbiguous: false })
        expect(view?.state.status).toBe('canceled')
      }),
      1500,
    )
  })

  it('subscription: nobody is served by one that ended', () => {
    // A subscription never moves to another Stripe customer.
    const ended = finished('subscription', { status: 'canceled', endedAt: 1_760_000_050 }).map(
      (snapshots) => snapshots.map(withOneCustomer),
    )
    holds(
      fc.property(fc.tuple(ended, fc.array(snapshotsOf('invoice'))), ([snapshots, invoices]) => {
        const told = [...snapshots, ...invoices].map((snapshot) => ({
          scope: { account: '', livemode: true },
          snapshot,
        }))
        const { customers } = evaluate(told, pro, 1_760_000_060)
        const grants = Object.values(customers).flatMap((decision) => decision.grants)
        const own = grants.filter(({ source }) => source.startsWith('x_1/'))
        expect(own.filter(({ state }) => ALLOWED_STATES.has(state))).toEqual([])
      }),
      500,
    )
  })

  for (const type of ['invoice', 'payment_intent', 'dispute', 'invoice_payment'] as const) {
    for (const [final, status] of last[type] ?? []) {
      it(`${type}: ${status}`, () => {
        holds(
          fc.property(fc.tuple(finished(type, final as never)), ([snapshots]) => {
            expect(statusOf(snapshots)).toBe(status)
          }),
          400,
        )
      })
    }
  }

  it.each([
    ['invoice', 'void', ['paid']],
    ['invoice', 'uncollectible', ['paid', 'void']],
    ['payment_intent', 'canceled', ['succeeded']],
    ['dispute', 'lost', ['won', 'appeal_needs_response', 'appeal_under_review']],
    ['invoice_payment', 'canceled', ['paid']],
  ] as const)('%s: %s, save for %j', (type, status, stronger: readonly string[]) => {
    const snapshots = finished(
      type,
      { status },
      (state: { status: string }) => !stronger.includes(state.status),
    )
    holds(
      fc.property(fc.tuple(snapshots), ([told]) => {
        expect(statusOf(told)).toBe(status)
      }),
      400,
    )
  })

  it('refund: one that failed or was canceled gives nothing back', () => {
    const failed = fc
      .constantFrom('failed', 'canceled')
      .chain((status) => finished('refund', { status }))
    holds(
      fc.property(fc.tuple(failed), ([snapshots]) => {
        expect(['failed', 'canceled']).toContain(statusOf(snapshots))
      }),
      400,
    )
  })

  it('Checkout Session: complete and paid', () => {
    const paid = finished('checkout_session', { status: 'complete', paymentStatus: 'paid' })
    holds(
      fc.property(fc.tuple(paid), ([snapshots]) => {
        const view = buildFacts(snapshots).sessions.get('x_1')
        expect(view?.completedAt).not.toBeNull()
        expect(view?.paidAt).not.toBeNull()
        expect(view?.state.paymentStatus).toBe('paid')
      }),
      400,
    )
  })

  it('customer: deleted', () => {
    holds(
      fc.property(fc.tuple(finished('customer', { deleted: true })), ([snapshots]) => {
        expect(buildFacts(snapshots).customers.get('x_1')?.state.deleted).toBe(true)
      }),
      400,
    )
  })

  it('manual grant: revoked', () => {
    holds(
      fc.property(fc.tuple(finished('manual_grant', { isRevoked: true })), ([snapshots]) => {
        expect(buildFacts(snapshots).manualGrants.get('x_1')?.state.isRevoked).toBe(true)
      }),
      400,
    )
  })

  it('charge: what was captured or disputed stays so', () => {
    const charge = finished('charge', { status: 'succeeded', isCaptured: true, isDisputed: true })
    holds(
      fc.property(fc.tuple(charge), ([snapshots]) => {
        const state = buildFacts(snapshots).charges.get('x_1')?.state
        expect(state).toMatchObject({ isCaptured: true, isDisputed: true })
      }),
      400,
    )
  })
})

function statusOf(snapshots: readonly AnySnapshot[]): string | undefined {
  const facts = buildFacts(snapshots)
  const views = [
    ...facts.invoices.values(),
    ...facts.paymentIntents.values(),
    ...facts.disputes.values(),
    ...facts.invoicePayments.values(),
    ...facts.refunds.values(),
  ]
  return views[0]?.state.status
}

function withOneCustomer(snapshot: AnySnapshot): AnySnapshot {
  if (snapshot.type !== 'subscription' || snapshot.after === null) return snapshot
  return { ...snapshot, after: { ...snapshot.after, customer: 'cus_1' } }
}
