import { MINUTE } from './calendar.ts'
import { inOrder, type Coverage, type ItemLine } from './item-line.ts'

/** Until the latest period that is paid ends, or was given back. */
export function coverLicensed(coverage: Coverage): void {
  const charged = coverage.paid
  coverage.hollow = hollowOf(coverage)
  coverage.paid = charged.filter((line) => !coverage.hollow.includes(line))
  const given = coverage.credits.filter(({ standing }) => standing === 'paid')
  const ends = giveBack([...charged, ...coverage.reversed], coverage.unpaid, given)
  coverage.paid = cut(coverage.paid, ends)
  coverage.reversed = cut(coverage.reversed, ends)
  for (const { to } of coverage.paid) coverage.until = Math.max(to, coverage.until ?? to)
}

/**
 * Time that a paid bill credits back is no longer that of the line it was billed by (rows 53, 60).
 * One credit is for one line: the oldest of its price and quantity that reaches as far, unless the
 * bill itself first charges what it credits (several changes billed together). What credits a bill
 * that nobody paid takes nothing from those that are. A price changed without proration was never
 * billed: its credit is for whatever was.
 */
function giveBack(
  paid: readonly ItemLine[],
  unpaid: readonly ItemLine[],
  credits: readonly ItemLine[],
): ReadonlyMap<ItemLine, number> {
  const ends = new Map<ItemLine, number>()
  const oldestFirst = [...paid, ...unpaid].sort(inOrder)
  for (const credit of [...credits].sort(inOrder)) {
    const reaching = oldestFirst.filter((line) => reaches(line, credit))
    const ofPrice = reaching.filter(({ bought }) => bought.price === credit.bought.price)
    const open = (ofPrice.length > 0 ? ofPrice : reaching).filter((line) => !ends.has(line))
    const line =
      oldestFirst.find((candidate) => isOwnCharge(candidate, credit)) ??
      open.find(({ bought }) => bought.quantity === credit.bought.quantity) ??
      open.find((candidate) => paid.includes(candidate))
    if (line !== undefined) ends.set(line, credit.from)
  }
  return ends
}

function isOwnCharge({ amount, bought, from, invoice, to }: ItemLine, credit: ItemLine): boolean {
  const isUndone =
    from === credit.from && amount === -credit.amount && bought.quantity === credit.bought.quantity
  return (
    invoice === credit.invoice &&
    bought.price === credit.bought.price &&
    Math.abs(credit.to - to) <= MINUTE &&
    (from < credit.from || isUndone)
  )
}

/**
 * What was billed at the price of a credit, for as many if anything was; where nothing was billed at
 * it, the period itself, since the price was changed without a bill. Another change is no such thing:
 * what the credit is for may simply not have been seen.
 */
function creditedBy(credit: ItemLine, lines: readonly ItemLine[]): readonly ItemLine[] {
  const reaching = lines.filter((line) => reaches(line, credit))
  const ofPrice = reaching.filter(({ bought }) => bought.price === credit.bought.price)
  const asMany = ofPrice.filter(({ bought }) => bought.quantity === credit.bought.quantity)
  const period = reaching.filter(({ isProration }) => !isProration)
  return [asMany, ofPrice].find(({ length }) => length > 0) ?? period
}

/** Billed before the credit, up to where that gives back. */
function reaches({ created, from, invoice, to }: ItemLine, credit: ItemLine): boolean {
  return (
    invoice !== credit.invoice &&
    created <= credit.created &&
    Math.abs(credit.to - to) <= MINUTE &&
    from <= credit.from
  )
}

function cut(lines: readonly ItemLine[], ends: ReadonlyMap<ItemLine, number>): ItemLine[] {
  return lines
    .map((line) => ({ ...line, to: ends.get(line) ?? line.to }))
    .filter((line) => line.to > line.from)
}

/**
 * A change within a period is no payment for the period itself. Nor is any line, for the time that
 * its bill credits and nobody paid; what reaches beyond is a payment.
 */
function isOnUnpaidBase(
  bought: ItemLine,
  { paid, unpaid, credits }: Pick<Coverage, 'paid' | 'unpaid' | 'credits'>,
): boolean {
  const billed = [...paid, ...unpaid]
  const credited = credits
    .filter(
      (credit) =>
        credit.invoice === bought.invoice && !billed.some((line) => isOwnCharge(line, credit)),
    )
    .flatMap((credit) => creditedBy(credit, billed))
  const isCredited = (line: ItemLine) => credited.includes(line)
  const isBase = (line: ItemLine) =>
    bought.isProration &&
    !line.isProration &&
    line.amount > 0 &&
    line.invoice !== bought.invoice &&
    line.created <= bought.created &&
    line.from <= bought.from &&
    line.to > bought.from
  const isMeant = (line: ItemLine) =>
    (credited.length > 0 ? isCredited(line) : isBase(line)) && line.to >= bought.to
  return unpaid.some(isMeant) && !paid.some(isMeant)
}

/** Oldest first: what stands on a change that nobody paid is itself not paid. */
function hollowOf({ paid, unpaid, credits }: Coverage): ItemLine[] {
  const kept: ItemLine[] = []
  const hollow: ItemLine[] = []
  for (const line of [...paid].sort(inOrder)) {
    const base = { paid: kept, unpaid: [...unpaid, ...hollow], credits }
    ;(isOnUnpaidBase(line, base) ? hollow : kept).push(line)
  }
  return hollow
}
