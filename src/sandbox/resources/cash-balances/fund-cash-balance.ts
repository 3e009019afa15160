import type { CashBalanceTransaction } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { bankTransferType } from '../payment-intents/next-action.ts'
import { cashBalanceOf, cashBalanceRecord } from './cash-balance.ts'
import { moveCash } from './cash-balance-transaction.ts'
import { payFromCashBalance } from './pay-from-cash-balance.ts'

/** A bank transfer comes in. It pays what waits for it, the oldest first; the rest stays. */
export function fundCashBalance(
  world: World,
  customer: string,
  transfer: {
    readonly amount: number
    readonly currency: string
    readonly reference: string | null
  },
): CashBalanceTransaction {
  const { amount, currency, reference } = transfer
  const type = bankTransferType(currency)
  const funded = moveCash(
    world,
    { customer, currency, amount },
    { type: 'funded', funded: { bank_transfer: { reference, type, ...senderOf(type) } } },
  )
  const { reconciliation } = cashBalanceRecord(world, customer)
  if (reconciliation !== 'manual') reconcile(world, customer, currency)
  const left = cashBalanceRecord(world, customer).available[currency] ?? 0
  if (left > 0) world.emit('cash_balance.funds_available', cashBalanceOf(world, customer))
  return funded
}

function reconcile(world: World, customer: string, currency: string): void {
  for (const intent of world.where('payment_intent', 'customer', customer)) {
    if (intent.next_action?.type !== 'display_bank_transfer_instructions') continue
    if (intent.currency !== currency || intent.status !== 'requires_action') continue
    if ((cashBalanceRecord(world, customer).available[currency] ?? 0) <= 0) return
    payFromCashBalance(world, intent)
  }
}

function senderOf(type: string) {
  switch (type) {
    case 'us_bank_transfer':
      return { us_bank_transfer: { network: 'ach' as const, sender_name: null } }
    case 'gb_bank_transfer':
      return {
        gb_bank_transfer: { account_number_last4: '6789', sender_name: null, sort_code: '108800' },
      }
    case 'jp_bank_transfer':
      return { jp_bank_transfer: { sender_bank: null, sender_branch: null, sender_name: null } }
    case 'eu_bank_transfer':
      return { eu_bank_transfer: { bic: null, iban_last4: '3201', sender_name: null } }
    default:
      return {}
  }
}
