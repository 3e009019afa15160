import { compareText } from '../canonical.ts'
import { restOf, type Allowance, type Burn, type Ledger } from './ledger.ts'

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
  /** Id of the usage or reservation; null: none, or usage that is not in the list. */
  usage: string | null
}

/**
 * Every line of a credit balance, oldest first; their sum is the balance at `now`. Usage that is not
 * among `spends` (older than the list, or of what was dropped) is one line of its allowance.
 */
export function historyOf(ledger: Ledger, spends: readonly Spend[], now: number): HistoryEntry[] {
  return ledger.allowances
    .filter(({ kind }) => kind === 'credits')
    .flatMap((allowance) => linesOf(allowance, ledger, spends, now))
    .sort(
      (a, b) =>
        a.at - b.at ||
        ORDER.indexOf(a.type) - ORDER.indexOf(b.type) ||
        compareText(a.allowance, b.allowance) ||
        compareText(a.usage ?? '', b.usage ?? ''),
    )
}

const ORDER: readonly HistoryEntry['type'][] = [
  'granted',
  'restored',
  'given_back',
  'spent',
  'held',
  'clawed_back',
  'expired',
]

function linesOf(
  allowance: Allowance,
  { holds }: Ledger,
  spends: readonly Spend[],
  now: number,
): HistoryEntry[] {
  const { amount, clawbacks, from, id, isVoid, spent, until } = allowance
  const lines: HistoryEntry[] = []
  const put = (at: number, type: HistoryEntry['type'], quantity: number, usage?: string) => {
    if (quantity === 0) return
    lines.push({ at, type, allowance: id, quantity, usage: usage ?? null })
  }
  // Of an amount that was lowered since, what was spent had been given.
  put(from, 'granted', Math.max(amount ?? 0, spent))
  let told = 0
  for (const { at, burned, id: usage, isGivenBack } of spends) {
    const quantity = isGivenBack ? -burnedOf(burned, id) : burnedOf(burned, id)
    told += quantity
    put(at, isGivenBack ? 'given_back' : 'spent', -quantity, usage)
  }
  for (const held of holds) {
    const quantity = burnedOf(held.burned, id)
    told += quantity
    put(held.at, 'held', -quantity, held.id)
  }
  put(from, told > spent ? 'given_back' : 'spent', told - spent)
  for (const { at, quantity, restoredAt } of clawbacks) {
    if (restoredAt === null) continue
    put(at, 'clawed_back', -quantity)
    put(restoredAt, 'restored', quantity)
  }
  const rest = restOf(allowance)
  if (isVoid) put(clawbacks.at(-1)?.at ?? from, 'clawed_back', -rest)
  else if (until !== null && until <= now) put(until, 'expired', -rest)
  return lines
}

function burnedOf(burned: readonly Burn[], allowance: string): number {
  return burned
    .filter((part) => part.allowance === allowance && part.isOver !== true)
    .reduce((sum, { quantity }) => sum + quantity, 0)
}
