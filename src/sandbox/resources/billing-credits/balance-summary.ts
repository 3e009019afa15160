import type { CreditBalanceSummary, CreditGrant } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { isOver } from './credit-grant.ts'
import { balanceOf, currencyOf } from './credit-ledger.ts'

/** What is left of the grants given, by currency. */
export function balanceSummary(
  world: World,
  customer: string,
  grants: readonly CreditGrant[],
): CreditBalanceSummary {
  const now = world.now(customer)
  const byCurrency = new Map<string, { ledger: number; available: number }>()
  for (const grant of grants) {
    const left = balanceOf(world, grant.id)
    const isUsable = !isOver(world, grant) && (grant.effective_at ?? 0) <= now
    const sums = byCurrency.get(currencyOf(grant)) ?? { ledger: 0, available: 0 }
    sums.ledger += left
    sums.available += isUsable ? left : 0
    byCurrency.set(currencyOf(grant), sums)
  }
  return {
    object: 'billing.credit_balance_summary',
    balances: Array.from(byCurrency, ([currency, { ledger, available }]) => ({
      available_balance: { monetary: { currency, value: available }, type: 'monetary' },
      ledger_balance: { monetary: { currency, value: ledger }, type: 'monetary' },
    })),
    customer,
    customer_account: null,
    livemode: false,
  }
}
