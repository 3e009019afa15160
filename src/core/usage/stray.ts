import { monthOf } from './month.ts'
import type { Allowance, Burn, Ledger } from './ledger.ts'

/**
 * Records units beyond everything included: in the allowance named, or, where nothing that bills
 * periodically was given, in the calendar month's stray. They are noted or billed, never a debt
 * that later credits would pay.
 */
export function addOver(
  ledger: Ledger,
  quantity: number,
  at: number,
  allowance: string | null,
): { ledger: Ledger; burn: Burn } {
  const stray = strayAt(at)
  const id = allowance ?? stray.id
  const isKnown = ledger.allowances.some((known) => known.id === id)
  const allowances = isKnown ? ledger.allowances : sorted([...ledger.allowances, stray])
  return {
    ledger: {
      ...ledger,
      allowances: allowances.map((known) =>
        known.id === id ? { ...known, over: known.over + quantity } : known,
      ),
    },
    burn: { allowance: id, quantity, isOver: true },
  }
}

export function strayId(at: number): string {
  return `@${monthOf(at).from}`
}

export function sorted(allowances: readonly Allowance[]): Allowance[] {
  return allowances.toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
}

function strayAt(at: number): Allowance {
  const { from, to } = monthOf(at)
  return {
    id: strayId(at),
    kind: 'stray',
    source: '',
    from,
    until: to,
    periodEnd: to,
    amount: 0,
    spent: 0,
    over: 0,
    overage: 'block',
    isVoid: false,
    clawbacks: [],
  }
}
