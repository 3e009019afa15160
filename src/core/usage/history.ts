import type { Burn, Ledger } from './ledger.ts'

/** Usage as it was recorded: what it burned of which allowances. */
export interface Spend {
  id: string
  /** Unix seconds. */
  at: number
  burned: readonly Burn[]
  /** Units that came back: a correction. */
  isGivenBack: boolean
}

export interface HistoryEntry {
  /** Unix seconds. */
  at: number
  type: 'granted' | 'spent' | 'given_back' | 'held' | 'expired' | 'clawed_back' | 'restored'
  /** Id of the allowance. */
  allowance: string
  /** Units by which the balance changed: negative where they left it. */
  quantity: number
  /** Id of the usage or reservation; null: none, or usage older than the list. */
  usage: string | null
}

/** Every line of a credit balance, oldest first; their sum is the balance at `now`. */
export function historyOf(ledger: Ledger, spends: readonly Spend[], now: number): HistoryEntry[] {
  void ledger
  void spends
  void now
  return []
}
