import type { CreditBalanceTransaction, CreditGrant } from '../../tables.ts'
import type { World } from '../../world/world.ts'

type Credit = NonNullable<CreditBalanceTransaction['credit']>
type Debit = NonNullable<CreditBalanceTransaction['debit']>

/** Why credits came: granted, or back from a voided invoice. */
export interface CreditReason {
  readonly type: Credit['type']
  readonly credits_application_invoice_voided?: Credit['credits_application_invoice_voided']
}

/** Why credits went: applied, expired or voided. */
export interface DebitReason {
  readonly type: Debit['type']
  readonly credits_applied?: Debit['credits_applied']
}

export function credit(
  world: World,
  grant: CreditGrant,
  value: number,
  reason: CreditReason,
): CreditBalanceTransaction {
  return write(world, grant, {
    credit: {
      amount: amountOf(grant, value),
      credits_application_invoice_voided: reason.credits_application_invoice_voided ?? null,
      type: reason.type,
    },
    debit: null,
    type: 'credit',
  })
}

export function debit(
  world: World,
  grant: CreditGrant,
  value: number,
  reason: DebitReason,
): CreditBalanceTransaction {
  return write(world, grant, {
    credit: null,
    debit: {
      amount: amountOf(grant, value),
      credits_applied: reason.credits_applied ?? null,
      type: reason.type,
    },
    type: 'debit',
  })
}

/** What is left of a grant, in minor units. */
export function balanceOf(world: World, grant: string): number {
  return transactionsOf(world, grant).reduce(
    (sum, { credit: plus, debit: minus }) =>
      sum + (plus?.amount.monetary?.value ?? 0) - (minus?.amount.monetary?.value ?? 0),
    0,
  )
}

export function transactionsOf(world: World, grant: string): CreditBalanceTransaction[] {
  return world.where('billing.credit_balance_transaction', 'credit_grant', grant)
}

function amountOf(grant: CreditGrant, value: number) {
  return { monetary: { currency: currencyOf(grant), value }, type: 'monetary' } as const
}

export function currencyOf(grant: CreditGrant): string {
  return grant.amount.monetary?.currency ?? ''
}

/** Every entry emits `billing.credit_balance_transaction.created` (stripe-facts row 39). */
function write(
  world: World,
  grant: CreditGrant,
  entry: Pick<CreditBalanceTransaction, 'credit' | 'debit' | 'type'>,
): CreditBalanceTransaction {
  const now = world.now(grant.customer)
  const transaction: CreditBalanceTransaction = {
    id: world.id('cbtxn_test'),
    object: 'billing.credit_balance_transaction',
    created: now,
    credit_grant: grant.id,
    effective_at: now,
    livemode: false,
    test_clock: grant.test_clock,
    ...entry,
  }
  world.insert('billing.credit_balance_transaction', transaction)
  world.emit('billing.credit_balance_transaction.created', transaction)
  return transaction
}
