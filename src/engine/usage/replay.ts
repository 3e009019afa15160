import { ProvisoError } from '../../errors.ts'
import type { FoundUsage } from '../../store/statements/usage.ts'
import type { Ending, Use } from './operation.ts'
import type { Recorded } from './usage-answer.ts'

/** What is on record of a use. */
export function recordedUse(row: FoundUsage, reserved = 0): Recorded {
  return {
    kind: row.kind,
    id: row.id,
    quantity: Number(row.quantity),
    over: Number(row.over),
    at: Number(row.at),
    isRefused: row.is_refused,
    expiresAt: row.expires_at === null ? null : Number(row.expires_at),
    reserved,
  }
}

/** An id stands for one use for good: asked for again it must be the same. */
export function assertSameUse(use: Use, customer: string, known: FoundUsage): void {
  const isSame =
    known.kind === use.kind &&
    known.customer === customer &&
    known.feature === use.feature &&
    known.quantity === BigInt(use.quantity) &&
    // Left out it means now, which is another second each time.
    (use.at === null || known.at === BigInt(use.at))
  if (isSame) return
  const asked = {
    kind: use.kind,
    customer,
    feature: use.feature,
    quantity: use.quantity,
    at: use.at,
  }
  throw reused(use.id, known, asked, 'choose a new id for a new use')
}

/** A reservation ends once: finalised with one quantity, or released. */
export function assertSameEnding(ending: Ending, known: FoundUsage): void {
  if (known.kind === ending.kind && known.quantity === BigInt(ending.quantity)) return
  const asked = {
    kind: ending.kind,
    customer: known.customer,
    feature: known.feature,
    quantity: ending.quantity,
    at: null,
  }
  throw reused(ending.id, known, asked, 'a reservation ends once, so track what else was used')
}

/** The reservation of this id, if it was granted. */
export function reservationOf(ending: Ending, known: FoundUsage | undefined): FoundUsage {
  if (known?.kind === 'reserve' && !known.is_refused) return known
  const why =
    known === undefined
      ? 'nothing is on record under it'
      : known.kind === 'reserve'
        ? 'it was refused, so nothing is set aside'
        : `it names a ${known.kind}`
  throw new ProvisoError(
    'reservation_unknown',
    `${ending.id} is no reservation to ${ending.kind}: ${why}. Use the id that reserve answered.`,
    { details: { id: ending.id } },
  )
}

interface Body {
  kind: string
  customer: string
  feature: string
  quantity: number
  at: number | null
}

function reused(id: string, known: FoundUsage, asked: Body, fix: string): ProvisoError {
  const held: Body = {
    kind: known.kind,
    customer: known.customer,
    feature: known.feature,
    quantity: Number(known.quantity),
    at: Number(known.at),
  }
  return new ProvisoError(
    'usage_id_reused',
    `id ${id} is on record for ${told(held)}, and was now given for ${told(asked)}: ${fix}.`,
    { details: { id, recorded: held, asked } },
  )
}

function told({ kind, quantity, feature, customer, at }: Body): string {
  return `${kind} ${quantity} ${feature} of ${customer}${at === null ? '' : ` at ${at}`}`
}
