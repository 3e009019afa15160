import { DAY, formatSecond, HOUR } from './calendar.ts'
import type { CatalogProduct } from './compile-catalog.ts'
import type { Purchase } from './purchase.ts'
import { always, because, Timeline, type Segment, type Source } from './source.ts'
import { givenOnce } from './source-usage.ts'

/** Judges the purchases of one owner together: a second pass of a product extends the first. */
export function judgePurchases(purchases: readonly Purchase[]): Source[] {
  const ends = new Map<string, number>()
  const inOrder = [...purchases].sort(
    (a, b) => paidSecond(a) - paidSecond(b) || (a.id < b.id ? -1 : 1),
  )
  return inOrder.map((purchase) => {
    const { segments, from, to } = judgePurchase(purchase, ends)
    return {
      id: purchase.id,
      kind: 'purchase',
      owner: purchase.owner,
      segments,
      gives: { kind: 'product', product: purchase.product, quantity: purchase.quantity },
      usage: givenOnce(purchase.id, from, to),
      needs: purchase.needs,
      alerts: [],
    }
  })
}

/** `from` and `to`: the seconds between which it gives; null: it does not, or for good. */
interface JudgedPurchase {
  segments: Segment[]
  from: number | null
  to: number | null
}

function paidSecond({ standing }: Purchase): number {
  return standing.kind === 'paid' ? standing.at : Infinity
}

function judgePurchase(purchase: Purchase, ends: Map<string, number>): JudgedPurchase {
  const { product, standing, objects } = purchase
  const { evidence } = standing
  switch (standing.kind) {
    case 'paid': {
      const reversed = reversedSegments(purchase)
      return reversed === null ? judgePaid(purchase, standing.at, ends) : givingNothing(reversed)
    }
    case 'processing': {
      const open = because(
        'payment_processing',
        'Checkout is complete and the payment is under way; bank debits take days.',
        evidence,
        objects,
      )
      if (!product.policy.grantWhileProcessing) return givingNothing(always('pending', open))
      const to = standing.since + product.policy.processingDays * DAY
      const segments = new Timeline().until(to, 'active', open).after('pending', open)
      return { segments, from: standing.since, to }
    }
    case 'authorized':
      return givingNothing(
        always(
          'pending',
          because(
            'not_captured',
            'The payment is authorised and not captured yet.',
            evidence,
            objects,
          ),
        ),
      )
    case 'unpaid':
      return givingNothing(
        always(
          'pending',
          because('payment_open', 'The payment has not been made yet.', evidence, objects),
        ),
      )
    case 'failed':
      return givingNothing(
        always('none', because('payment_failed', 'The payment failed.', evidence, objects)),
      )
    case 'canceled':
      return givingNothing(
        always(
          'none',
          because(
            'payment_canceled',
            'The payment was canceled before it was captured.',
            evidence,
            objects,
          ),
        ),
      )
  }
}

function givingNothing(segments: Segment[]): JudgedPurchase {
  return { segments, from: null, to: null }
}

function reversedSegments({ product, reversal, objects }: Purchase): Segment[] | null {
  const { policy } = product
  const ids = [...objects, ...reversal.objects]
  if (policy.oneTimeRefund === 'revoke' && reversal.refund === 'full') {
    return always(
      'ended',
      because('refunded', 'The purchase was refunded in full.', reversal.evidence, ids),
    )
  }
  if (policy.partialRefund === 'revoke' && reversal.refund === 'partial') {
    return always(
      'ended',
      because(
        'refunded',
        'Part of the purchase was refunded and the policy revokes.',
        reversal.evidence,
        ids,
      ),
    )
  }
  if (policy.dispute === 'suspend' && reversal.dispute === 'open') {
    return always(
      'suspended',
      because('dispute_open', 'The payment is disputed.', reversal.evidence, ids),
    )
  }
  if (policy.dispute === 'suspend' && reversal.dispute === 'lost') {
    return always(
      'ended',
      because('dispute_lost', 'The dispute of the payment was lost.', reversal.evidence, ids),
    )
  }
  return null
}

function countsQuantity({ grants }: CatalogProduct): boolean {
  return [...grants.values()].some(
    (grant) => grant === 'quantity' || (typeof grant === 'object' && grant.per === 'quantity'),
  )
}

function judgePaid(purchase: Purchase, paidAt: number, ends: Map<string, number>): JudgedPurchase {
  const { product, standing, objects } = purchase
  const { evidence } = standing
  if (product.durationDays === null) {
    const bought = because('purchased', 'Bought once, for good.', evidence, objects)
    return { segments: always('active', bought), from: paidAt, to: null }
  }
  const start = Math.max(paidAt, ends.get(product.id) ?? paidAt)
  // Two passes in one Checkout are two passes, unless the quantity is what the pass gives.
  const passes = countsQuantity(product) ? 1 : Math.max(1, purchase.quantity)
  const end = start + Math.round(product.durationDays * passes * DAY)
  ends.set(product.id, end)
  const timeline = new Timeline().until(
    paidAt - HOUR,
    'pending',
    because(
      'pass_ahead',
      `Bought ${formatSecond(paidAt)}, which is still ahead.`,
      evidence,
      objects,
    ),
  )
  if (start > paidAt) {
    const message = `Bought once; begins ${formatSecond(start)}, when the one before it ends.`
    timeline.waiting(start, 'active', because('pass_waiting', message, evidence, objects))
  }
  const segments = timeline
    .until(
      end,
      'active',
      because('purchased', `Bought once, good until ${formatSecond(end)}.`, evidence, objects),
    )
    .after(
      'ended',
      because('pass_over', `The purchase was good until ${formatSecond(end)}.`, evidence, objects),
    )
  return { segments, from: start, to: end }
}
