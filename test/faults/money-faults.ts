import type { Fault } from './fault.ts'

const STANDING = ['src/core/standing-of.test.ts']
const PURCHASE = ['src/core/judge-purchase.test.ts']

/** Mistakes about what is money, and whose. */
export const MONEY_FAULTS: readonly Fault[] = [
  {
    name: 'A failed first payment has grace, though nothing was ever paid',
    edits: [
      {
        file: 'src/core/renewal.ts',
        from: 'if (FAILED.has(standing) || hasCheckoutFailed(context)) {',
        to: 'if (FAILED.has(standing)) return inGrace(renewal, bill, subscription.firstAt)\n  if (hasCheckoutFailed(context)) {',
      },
    ],
    caughtBy: { project: 'core', files: ['src/core/renewal.test.ts'] },
  },
  {
    name: 'A first payment not yet made has the renewal window, though nothing was ever paid',
    edits: [
      {
        file: 'src/core/renewal.ts',
        from: '  const since = standing ===',
        to: `  timeline.until(subscription.firstAt + policy.renewalWindowHours * HOUR, 'active', reason(renewal, bill, 'renewal_window', ''))
  const since = standing ===`,
      },
    ],
    caughtBy: { project: 'core', files: ['src/core/first-session.test.ts'] },
  },
  {
    name: 'A failed delayed payment counts, whatever money came after it',
    edits: [
      {
        file: 'src/core/purchase-standing.ts',
        from: '  if (session.paidAt !== null) {',
        to: `  if (session.failedAt !== null) return { kind: 'failed', evidence: session.failedEvidence }
  if (session.paidAt !== null) {`,
      },
      {
        file: 'src/core/purchase-standing.ts',
        from: '  if (charge !== undefined && charge.succeededAt !== null) {',
        to: '  if (session.failedAt === null && charge !== undefined && charge.succeededAt !== null) {',
      },
    ],
    caughtBy: { project: 'core', files: ['src/core/purchase-standing.test.ts'] },
  },
  {
    name: 'A void invoice is money',
    edits: [
      {
        file: 'src/core/invoice-standing.ts',
        from: "    case 'paid':\n",
        to: "    case 'paid':\n    case 'void' as never:\n",
      },
    ],
    caughtBy: { project: 'core', files: STANDING },
  },
  {
    name: 'An invoice written off is money',
    edits: [
      {
        file: 'src/core/invoice-standing.ts',
        from: "'forgiven' : invoice.state.status)",
        to: "'forgiven' : invoice.state.status === 'void' ? 'void' : 'paid')",
      },
    ],
    caughtBy: { project: 'core', files: STANDING },
  },
  {
    name: 'A pause of collection forgives every bill, of whatever time',
    edits: [
      {
        file: 'src/core/invoice-standing.ts',
        from: 'from <= created + SAME_ACT &&',
        to: 'from <= Infinity &&',
      },
      {
        file: 'src/core/invoice-standing.ts',
        from: '(to === null || settled <= to + MINUTE ||',
        to: '(to === null || to > 0 ||',
      },
    ],
    caughtBy: { project: 'core', files: STANDING },
  },
  {
    name: 'A prorated line of one item covers the others',
    edits: [
      {
        file: 'src/core/coverage.ts',
        from: 'return line.subscriptionItem === item.id',
        to: 'return line.subscriptionItem === item.id || line.isProration',
      },
    ],
    caughtBy: { project: 'core', files: ['src/core/coverage.test.ts'] },
  },
  {
    name: 'The $0 line of a trial is money',
    edits: [
      {
        file: 'src/core/coverage.ts',
        from: 'return line.amount !== 0 || !isTrialLine(line, context)',
        to: 'return line.amount !== 0 || !isTrialLine(line, context) || line.amount === 0',
      },
    ],
    caughtBy: { project: 'core', files: ['src/core/coverage.test.ts'] },
  },
  {
    name: 'A dispute of one invoice takes away the money of all',
    edits: [
      {
        file: 'src/core/invoice-standing.ts',
        from: 'charges: joins.chargesOfInvoice.get(invoice.id) ?? new Set(),',
        to: 'charges: new Set(facts.charges.keys()),',
      },
    ],
    caughtBy: { project: 'core', files: ['src/core/standing-of.test.ts'] },
  },
  {
    name: 'A refund that names both its charge and its payment counts twice',
    edits: [
      {
        file: 'src/core/payment.ts',
        from: 'const ids = union(payments.map((id) => [...(joins.refundsOfPayment.get(id) ?? [])]))',
        to: 'const ids = payments.flatMap((id) => [...(joins.refundsOfPayment.get(id) ?? [])])',
      },
    ],
    caughtBy: { project: 'core', files: PURCHASE },
  },
]
