import type { CreditGrant } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { balanceOf, credit, currencyOf, debit } from './credit-ledger.ts'
import { isOver } from './credit-grant.ts'

export interface CreditableLine {
  readonly id: string
  /** Minor units left to pay after discounts, before tax. */
  readonly amount: number
  /** The line's price. */
  readonly price: string | null
}

/** As it stands in `pretax_credit_amounts` of a line. */
export interface AppliedCredit {
  readonly line: string
  readonly amount: number
  readonly credit_balance_transaction: string
}

/**
 * Takes a customer's credits for an invoice that is being finalised: only lines of metered prices
 * with a meter, and of those a grant is for (stripe-facts row 39).
 */
export function applyCredits(
  world: World,
  input: {
    readonly customer: string
    readonly currency: string
    readonly invoice: string
    readonly lines: readonly CreditableLine[]
  },
): AppliedCredit[] {
  const grants = usableGrants(world, input.customer, input.currency)
  return input.lines.flatMap((line) => {
    let left = line.amount
    return grants.flatMap((grant) => {
      const amount = Math.min(left, balanceOf(world, grant.id))
      if (amount <= 0 || !isFor(world, grant, line.price)) return []
      left -= amount
      const { id } = debit(world, grant, amount, {
        type: 'credits_applied',
        credits_applied: { invoice: input.invoice, invoice_line_item: line.id },
      })
      return [{ line: line.id, amount, credit_balance_transaction: id }]
    })
  })
}

/** Gives back what a voided invoice had taken (stripe-facts row 39). */
export function reinstateCredits(world: World, invoice: string): void {
  const entries = world.where('billing.credit_balance_transaction', 'invoice', invoice)
  if (entries.some((entry) => entry.credit !== null)) return
  for (const { credit_grant: id, debit: entry } of entries) {
    const applied = entry?.credits_applied ?? null
    if (applied === null) continue
    const grant = world.must('billing.credit_grant', id)
    credit(world, grant, entry?.amount.monetary?.value ?? 0, {
      type: 'credits_application_invoice_voided',
      credits_application_invoice_voided: applied,
    })
  }
}

/** In Stripe's order: priority, what expires first, promotional before paid, what began first. */
export function usableGrants(world: World, customer: string, currency: string): CreditGrant[] {
  const now = world.now(customer)
  return world
    .where('billing.credit_grant', 'customer', customer)
    .filter(
      (grant) =>
        !isOver(world, grant) && currencyOf(grant) === currency && (grant.effective_at ?? 0) <= now,
    )
    .sort(
      (a, b) =>
        (a.priority ?? 50) - (b.priority ?? 50) ||
        soonness(a) - soonness(b) ||
        Number(a.category === 'paid') - Number(b.category === 'paid') ||
        (a.effective_at ?? 0) - (b.effective_at ?? 0) ||
        a.created - b.created,
    )
}

function isFor(world: World, grant: CreditGrant, price: string | null): boolean {
  const { scope } = grant.applicability_config
  const isMetered = (world.get('price', price)?.recurring?.meter ?? null) !== null
  return isMetered && (scope.prices === undefined || scope.prices.some(({ id }) => id === price))
}

function soonness(grant: CreditGrant): number {
  return grant.expires_at ?? Number.MAX_SAFE_INTEGER
}
