import { DAY, formatSecond, HOUR } from './calendar.ts'
import type { CatalogProduct } from './compile-catalog.ts'
import type { Purchase } from './purchase.ts'
import { always, because, Timeline, type Segment, type Source } from './source.ts'

/** Judges the purchases of one owner together: a second pass of a product extends the first. */
export function judgePurchases(purchases: readonly Purchase[]): Source[] {
  const ends = new Map<string, number>()
  const inOrder = [...purchases].sort(
    (a, b) => paidSecond(a) - paidSecond(b) || (a.id < b.id ? -1 : 1),
  )
  return inOrder.map((purchase) => ({
    id: purchase.id,
    kind: 'purchase',
    owner: purchase.owner,
    segments: purchaseSegments(purchase, ends),
    gives: { kind: 'product', product: purchase.product, quantity: purchase.quantity },
    needs: purchase.needs,
    alerts: [],
  }))
}

function paidSecond({ standing }: Purchase): number {
  return standing.kind === 'paid' ? standing.at : Infinity
}

function purchaseSegments(purchase: Purchase, ends: Map<string, number>): Segment[] {
  const { product, standing, objects } = purchase
  const { evidence } = standing
  switch (standing.kind) {
    case 'paid':
      return reversedSegments(purchase) ?? paidSegments(purchase, standing.at, ends)
    case 'processing': {
      const open = because(
        'payment_processing',
        'Checkout is complete and the payment is under way; bank debits take days.',
        evidence,
        objects,
      )
      const timeline = new Timeline()
      if (product.policy.grantWhileProcessing) {
        timeline.until(standing.since + product.policy.processingDays * DAY, 'active', open)
      }
      return timeline.after('pending', open)
    }
    case 'authorized':
      return always(
        'pending',
        because(
          'not_captured',
          'The payment is authorised and not captured yet.',
          evidence,
          objects,
        ),
      )
    case 'unpaid':
      return always(
        'pending',
        because('payment_open', 'The payment has not been made yet.', evidence, objects),
      )
    case 'failed':
      return always('none', because('payment_failed', 'The payment failed.', evidence, objects))
    case 'canceled':
      return always(
        'none',
        because(
          'payment_canceled',
          'The payment was canceled before it was captured.',
          evidence,
          objects,
        ),
      )
  }
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

function paidSegments(purchase: Purchase, paidAt: number, ends: Map<string, number>): Segment[] {
  const { product, standing, objects } = purchase
  const { evidence } = standing
  if (product.durationDays === null) {
    return always('active', because('purchased', 'Bought once, for good.', evidence, objects))
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
  return timeline
    .until(
      end,
      'active',
      because('purchased', `Bought once, good until ${formatSecond(end)}.`, evidence, objects),
    )
    .after(
      'ended',
      because('pass_over', `The purchase was good until ${formatSecond(end)}.`, evidence, objects),
    )
}
