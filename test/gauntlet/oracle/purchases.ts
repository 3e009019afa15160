import type { Charge, CheckoutSession, PaymentIntent } from '../../../src/sandbox/tables.ts'
import { DAY } from './bills.ts'
import { chargesOfInvoice, takenBack } from './money.ts'
import type { Ledger } from './ledger.ts'
import type { Owners } from './owners.ts'
import { soldInSession } from './sold-in-session.ts'
import type { TermsOfSale } from './terms-of-sale.ts'

/** Something bought once. */
export interface Purchase {
  readonly owner: string
  /** The catalog's product. */
  readonly product: string
  readonly quantity: number
  /** When the money came in, Unix seconds; null: it has not. */
  readonly paidAt: number | null
  /** Served although the money is only under way: until this second. */
  readonly advancedUntil: number | null
  readonly charges: readonly Charge[]
  readonly because: string
  readonly testClock: string | null
}

/** Sessions, invoices and payments that sell something once (SPEC R01, R02, R04); each sale once. */
export function purchasesOf(ledger: Ledger, sale: TermsOfSale, owners: Owners): Purchase[] {
  const { page } = ledger
  const sessions = page.all('checkout.session').filter(({ mode }) => mode === 'payment')
  const sold = new Set(sessions.flatMap(({ payment_intent: intent }) => intent ?? []))
  const billed = new Set(sessions.flatMap(({ invoice }) => invoice ?? []))
  return [
    ...sessions.flatMap((session) => bySession(ledger, sale, owners, session)),
    ...ledger.invoices.flatMap((invoice): Purchase[] => {
      if (billed.has(invoice.id) || invoice.status !== 'paid') return []
      return ledger.lines(invoice.id).flatMap((line): Purchase[] => {
        const price = ledger.price(line.pricing?.price_details?.price)
        const product = price?.type === 'one_time' ? sale.productSold(price) : undefined
        if (product === undefined || line.amount < 0) return []
        for (const { id } of ledger.intentsOf(invoice.id)) sold.add(id)
        return [
          {
            ...{ owner: owners.ofInvoice(invoice), product, quantity: line.quantity ?? 1 },
            ...{ paidAt: invoice.status_transitions.paid_at ?? invoice.created },
            ...{ advancedUntil: null, charges: chargesOfInvoice(ledger, invoice.id) },
            ...{ because: `a line of ${invoice.id}`, testClock: invoice.test_clock },
          },
        ]
      })
    }),
    ...page.all('payment_intent').flatMap((intent): Purchase[] => {
      const product = intent.metadata['proviso_product']
      if (sold.has(intent.id) || product === undefined || sale.product(product) === undefined) {
        return []
      }
      return [{ owner: owners.ofIntent(intent), ...paymentOf(ledger, sale, intent, product) }]
    }),
  ]
}

function bySession(
  ledger: Ledger,
  sale: TermsOfSale,
  owners: Owners,
  session: CheckoutSession,
): Purchase[] {
  if (session.status !== 'complete') return []
  const intent = ledger.page.get('payment_intent', session.payment_intent)
  return soldInSession(ledger, sale, session).map(({ product, quantity }) => {
    const owner = owners.ofSession(session)
    if (intent !== undefined) {
      return { owner, ...paymentOf(ledger, sale, intent, product), quantity }
    }
    // 100 % off: nothing to pay, and no intent (stripe-facts row 33).
    const isFree = session.payment_status === 'no_payment_required'
    const versions = ledger.versions('checkout.session', session.id)
    const completedAt = versions.find(({ value }) => value.status === 'complete')?.at
    return {
      ...{ owner, product, quantity, advancedUntil: null, charges: [] },
      paidAt: isFree ? (completedAt ?? session.created) : null,
      ...{ because: `${session.id} for nothing`, testClock: clockOf(ledger, session.customer) },
    }
  })
}

function paymentOf(
  ledger: Ledger,
  sale: TermsOfSale,
  intent: PaymentIntent,
  product: string,
): Omit<Purchase, 'owner'> {
  const policy = sale.policyOf(product)
  const versions = ledger.versions('payment_intent', intent.id)
  const paidAt = versions.find(({ value }) => value.status === 'succeeded')?.at ?? null
  const isAdvanced = policy.grantWhileProcessing && intent.status === 'processing'
  return {
    ...{ product, quantity: 1, paidAt, charges: ledger.chargesOf(intent.id) },
    advancedUntil: isAdvanced ? intent.created + policy.processingDays * DAY : null,
    ...{ because: `${intent.id} ${intent.status}`, testClock: clockOf(ledger, intent.customer) },
  }
}

function clockOf(ledger: Ledger, customer: string | null): string | null {
  if (customer === null) return null
  return ledger.versions('customer', customer).at(-1)?.value.test_clock ?? null
}

/** Whether what was taken back ends it (SPEC R18, R20). */
export function isTakenBack(
  ledger: Ledger,
  sale: TermsOfSale,
  { charges, product }: Purchase,
): boolean {
  const policy = sale.policyOf(product)
  const { disputed, refunded } = takenBack(ledger, charges)
  if (disputed && policy.dispute === 'suspend') return true
  return (
    (refunded === 'fully' && policy.oneTimeRefund === 'revoke') ||
    (refunded === 'partly' && policy.partialRefund === 'revoke')
  )
}
