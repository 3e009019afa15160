import { DAY } from './bills.ts'
import { groupsOf } from './groups-of.ts'
import type { Ledger } from './ledger.ts'
import { isTakenBack, type Purchase } from './purchases.ts'
import type { TermsOfSale } from './terms-of-sale.ts'

/** A purchase, and whether it is served at the ledger's second. */
export interface PurchaseRight {
  readonly purchase: Purchase
  readonly allowed: boolean
  readonly because: string
}

/** Passes of one product follow one another (SPEC R30); what has no duration is for good. */
export function purchaseRights(
  ledger: Ledger,
  sale: TermsOfSale,
  purchases: readonly Purchase[],
): PurchaseRight[] {
  const byPass = groupsOf(purchases, ({ owner, product }) => JSON.stringify([owner, product]))
  return [...byPass.values()].flatMap((passes) => {
    const rights: PurchaseRight[] = []
    let runsUntil = -Infinity
    for (const purchase of [...passes].sort((a, b) => (a.paidAt ?? 0) - (b.paidAt ?? 0))) {
      const now = ledger.now(purchase.testClock)
      const answer = (allowed: boolean, because: string) =>
        rights.push({ purchase, allowed, because: `${purchase.because}: ${because}` })
      const { paidAt, advancedUntil, product } = purchase
      const days = sale.product(product)?.duration?.days
      if (isTakenBack(ledger, sale, purchase)) answer(false, 'the money is gone again')
      else if (paidAt === null) {
        answer(advancedUntil !== null && now < advancedUntil, 'the money has not come')
      } else if (days === undefined) answer(true, 'paid, for good')
      else {
        const from = Math.max(paidAt, runsUntil)
        runsUntil = from + days * DAY
        answer(from <= now && now < runsUntil, `from ${String(from)} until ${String(runsUntil)}`)
      }
    }
    return rights
  })
}
