import type { World } from '../../world/world.ts'
import type { Period } from './calendar.ts'

/** One amount billed for a stretch of time of one item. */
export interface Debit extends Period {
  /** Minor units, less discounts. */
  readonly amount: number
  /** Where it stands, once it does: a credit names it. */
  readonly invoice: string | null
  readonly line: string | null
  /** The pending invoice item that carries it until then. */
  readonly invoiceItem: string | null
}

/** What flexible mode credits by: the amounts once debited, not today's price (docs: billing mode). */
export interface BilledRecord {
  readonly id: string
  readonly debits: readonly Debit[]
  /** Usage before this moment has been billed at an earlier price. Unix seconds. */
  readonly usageFrom?: number
}

export function debitsOf(world: World, item: string): readonly Debit[] {
  return world.get('~billed', item)?.debits ?? []
}

function setDebits(world: World, item: string, debits: readonly Debit[]): void {
  world.insert('~billed', { ...world.get('~billed', item), id: item, debits })
}

/** Keeps a debit, and forgets those whose time was over before it began. */
export function noteDebit(world: World, item: string, debit: Debit, now: number): void {
  const kept = debitsOf(world, item).filter(({ end }) => end > now)
  setDebits(world, item, [...kept, debit])
}

/** After a credit: nothing is left to give back from `from` on. */
export function cutDebits(world: World, item: string, from: number): void {
  const debits = debitsOf(world, item).flatMap((debit) =>
    debit.end <= from ? [debit] : debit.start >= from ? [] : [cut(debit, from)],
  )
  setDebits(world, item, debits)
}

function cut(debit: Debit, end: number): Debit {
  return { ...debit, end, amount: debit.amount - shareOf(debit, { start: end, end: debit.end }) }
}

/** The part of a debit that falls into `period`, in whole minor units. */
export function shareOf(debit: Debit, period: Period): number {
  const start = Math.max(debit.start, period.start)
  const end = Math.min(debit.end, period.end)
  if (end <= start) return 0
  return proportion(debit.amount, end - start, debit.end - debit.start)
}

/** `amount` × `part` / `whole`, rounded half away from zero, exact for any amount of money. */
export function proportion(amount: number, part: number, whole: number): number {
  if (whole === 0) return 0
  const product = BigInt(Math.abs(amount)) * BigInt(part) * 2n
  const divisor = BigInt(whole)
  const rounded = Number((product + divisor) / (divisor * 2n))
  return amount < 0 ? -rounded : rounded
}

/** Notes what an invoice's lines bill ahead, so that it can be given back. */
export function noteInvoiceDebits(world: World, invoice: string, now: number): void {
  for (const line of world.where('line_item', 'invoice', invoice)) {
    const details = line.parent?.subscription_item_details
    if (details === null || details === undefined || line.amount <= 0 || line.period.end <= now)
      continue
    const off = line.discount_amounts?.reduce((sum, { amount }) => sum + amount, 0) ?? 0
    const item = details.subscription_item
    const pending = debitsOf(world, item).find(
      ({ invoiceItem }) => invoiceItem !== null && invoiceItem === details.invoice_item,
    )
    if (pending !== undefined) {
      const debits = debitsOf(world, item).map((debit) =>
        debit === pending ? { ...debit, invoice, line: line.id } : debit,
      )
      setDebits(world, item, debits)
    } else if (details.invoice_item === null) {
      // (A proration was noted when its item was made: gone since, it was given back.)
      noteDebit(
        world,
        item,
        {
          start: line.period.start,
          end: line.period.end,
          amount: line.amount - off,
          invoice,
          line: line.id,
          invoiceItem: null,
        },
        now,
      )
    }
  }
}
