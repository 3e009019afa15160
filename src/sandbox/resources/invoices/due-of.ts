/** Below this Stripe charges nothing and leaves the amount on the customer's balance. */
const MINIMUM_CHARGE: Readonly<Record<string, number>> = {
  usd: 50,
  eur: 50,
  gbp: 30,
  aud: 50,
  cad: 50,
  chf: 50,
  jpy: 50,
  nzd: 50,
  sgd: 50,
  dkk: 250,
  nok: 300,
  sek: 300,
}

export interface Due {
  /** What is left to be paid. */
  readonly due: number
  /** The customer's balance after: negative is credit. */
  readonly endingBalance: number
  readonly reason: 'applied_to_invoice' | 'invoice_too_small'
}

/**
 * What a total comes to once the customer's balance (negative: credit) is applied: credit pays, debt
 * is added, a negative total becomes credit, and an amount too small to charge waits on the balance.
 */
export function dueOf(total: number, balance: number, currency: string): Due {
  const sum = total + balance
  if (total < 0 || sum <= 0) {
    return { due: 0, endingBalance: sum, reason: 'applied_to_invoice' }
  }
  return sum < (MINIMUM_CHARGE[currency] ?? 0)
    ? { due: 0, endingBalance: sum, reason: 'invoice_too_small' }
    : { due: sum, endingBalance: 0, reason: 'applied_to_invoice' }
}
