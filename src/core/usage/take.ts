import { addOver, strayId } from './stray.ts'
import { restOf, usableAt, type Allowance, type Burn, type Ledger } from './ledger.ts'

export interface TakeOptions {
  /** Whole units, 1…`Number.MAX_SAFE_INTEGER`. */
  quantity: number
  /** Unix seconds of the usage: whose allowances it burns. */
  at: number
  /** `track` records in full what has happened; `consume` takes all or nothing. */
  mode: 'track' | 'consume'
  /** The verdict allows the feature. Limits are not consumed without it; credits, once given, are. */
  isAllowed: boolean
}

/** `ledger` is the one given where nothing was taken. */
export type Taken =
  | { ok: true; ledger: Ledger; burned: readonly Burn[]; over: number }
  | { ok: false; reason: Refusal; ledger: Ledger; burned: readonly []; over: 0 }

/**
 * `not_allowed`: the verdict denies access and no credits are left; `not_enough`: less remains than
 * was asked for; `uncountable`: the sum would pass what a number holds exactly.
 */
export type Refusal = 'not_allowed' | 'not_enough' | 'uncountable'

/** Takes units from what ends soonest. A consume never takes more than remains, or takes nothing. */
export function take(ledger: Ledger, options: TakeOptions): Taken {
  const { quantity, at, mode, isAllowed } = options
  if (quantity > unitsLeft(ledger)) return refuse(ledger, 'uncountable')
  const usable = usableAt(ledger, at).filter(
    ({ kind }) => mode === 'track' || isAllowed || kind === 'credits',
  )
  const { burned, missing } = burn(usable, quantity)
  if (missing === 0) return { ok: true, ledger: applied(ledger, burned), burned, over: 0 }
  const billed = usable.find(({ overage }) => overage === 'bill')
  if (mode === 'consume' && billed === undefined) {
    return refuse(ledger, isAllowed || usable.length > 0 ? 'not_enough' : 'not_allowed')
  }
  const limit = billed ?? usable.find(({ kind }) => kind === 'limit')
  const over = addOver(applied(ledger, burned), missing, at, limit?.id ?? null)
  return { ok: true, ledger: over.ledger, burned: [...burned, over.burn], over: missing }
}

/**
 * Puts units back where they were taken. What an upgrade has moved from `over` into the amount since
 * comes back from there; an allowance that is dropped needs none.
 */
export function giveBack(ledger: Ledger, burned: readonly Burn[]): Ledger {
  return { ...ledger, allowances: absorbOver(burned.reduce(returned, ledger.allowances)) }
}

/**
 * Where units of this second would be taken back from, where nobody noted what took them: the last
 * ones first, which are those beyond what is included, then what ends latest.
 */
export function lastBurned(ledger: Ledger, quantity: number, at: number): Burn[] {
  const usable = usableAt(ledger, at)
  const strays = ledger.allowances.filter(({ id }) => id === strayId(at))
  const burned: Burn[] = []
  let missing = quantity
  const put = (allowance: string, units: number, beyond: { isOver?: true }) => {
    const part = Math.min(missing, units)
    if (part === 0) return
    burned.push({ allowance, quantity: part, ...beyond })
    missing -= part
  }
  for (const { id, over } of [...usable, ...strays]) put(id, over, { isOver: true })
  for (const { id, spent } of usable.toReversed()) put(id, spent, {})
  return burned
}

function returned(allowances: readonly Allowance[], burned: Burn): readonly Allowance[] {
  return allowances.map((allowance) => {
    if (allowance.id !== burned.allowance) return allowance
    const fromOver = burned.isOver === true ? Math.min(allowance.over, burned.quantity) : 0
    const fromSpent = Math.min(allowance.spent, burned.quantity - fromOver)
    return {
      ...allowance,
      over: allowance.over - fromOver,
      spent: allowance.spent - fromSpent,
    }
  })
}

/** Where a limit has room, what was beyond it no longer is. */
export function absorbOver(allowances: readonly Allowance[]): readonly Allowance[] {
  return allowances.map((allowance) => {
    if (allowance.kind !== 'limit' || allowance.over === 0) return allowance
    const moved = Math.min(allowance.over, restOf(allowance))
    return moved === 0
      ? allowance
      : { ...allowance, spent: allowance.spent + moved, over: allowance.over - moved }
  })
}

function burn(usable: readonly Allowance[], quantity: number): { burned: Burn[]; missing: number } {
  const burned: Burn[] = []
  let missing = quantity
  for (const allowance of usable) {
    const taken = Math.min(missing, restOf(allowance))
    if (taken === 0) continue
    burned.push({ allowance: allowance.id, quantity: taken })
    missing -= taken
    if (missing === 0) break
  }
  return { burned, missing }
}

function applied(ledger: Ledger, burned: readonly Burn[]): Ledger {
  const taken = new Map(burned.map(({ allowance, quantity }) => [allowance, quantity]))
  return {
    ...ledger,
    allowances: ledger.allowances.map((allowance) => {
      const quantity = taken.get(allowance.id)
      return quantity === undefined
        ? allowance
        : { ...allowance, spent: allowance.spent + quantity }
    }),
  }
}

/** So many more can be counted with the sum of everything in the ledger staying exact. */
export function unitsLeft({ allowances }: Ledger): number {
  let room = Number.MAX_SAFE_INTEGER
  for (const { spent, over } of allowances) room -= spent + over
  return room
}

function refuse(ledger: Ledger, reason: Refusal): Taken {
  return { ok: false, reason, ledger, burned: [], over: 0 }
}
