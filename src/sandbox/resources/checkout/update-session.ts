import type { z } from 'zod'
import { clearable, hash, list, mergeMetadata, metadata, text } from '../../protocol/parameters.ts'
import { invalidRequest, missing } from '../../protocol/stripe-error.ts'
import type { CheckoutSession } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { checkLineItems, makeLineItems, type CheckoutLine } from './line-items.ts'
import { reprice } from './reprice.ts'
import { lineItem } from './session-parameters.ts'
import { requireOpen } from './submit-checkout.ts'

export const updateParameters = hash({
  line_items: list(lineItem.extend({ id: text.optional() })).optional(),
  metadata: clearable(metadata).optional(),
})

type Update = z.output<typeof updateParameters>

/**
 * Metadata at any time; lines while the session is open: the list given replaces the one before,
 * lines with an `id` stay and change.
 * @throws {StripeError} where a line or its price is not there.
 */
export function updateSession(world: World, id: string, update: Update): CheckoutSession {
  if (update.line_items !== undefined) {
    const session = requireOpen(world, id)
    if (session.mode === 'setup') {
      throw invalidRequest('You can not pass `line_items` in `setup` mode.', {
        param: 'line_items',
      })
    }
    reprice(world, id, { lines: linesAfter(world, id, update.line_items) })
  }
  return world.patch('checkout.session', id, {
    metadata: mergeMetadata(world.must('checkout.session', id).metadata ?? {}, update.metadata),
  })
}

function linesAfter(
  world: World,
  id: string,
  wanted: NonNullable<Update['line_items']>,
): readonly CheckoutLine[] {
  const { lines } = world.must('~checkout', id)
  const fresh = wanted.filter((item) => item.id === undefined)
  checkLineItems(world, fresh)
  return wanted.map((item, at) => {
    if (item.id === undefined) {
      const [made] = makeLineItems(world, [item])
      if (made !== undefined) return made
    }
    const line = lines.find((one) => one.item.id === item.id)
    if (line === undefined) {
      throw missing('line item', item.id ?? '', `line_items[${String(at)}][id]`, 400)
    }
    return {
      taxRates: item.tax_rates ?? line.taxRates,
      item: {
        ...line.item,
        quantity: item.quantity ?? line.item.quantity,
        metadata: mergeMetadata(line.item.metadata ?? {}, item.metadata),
      },
    }
  })
}

/**
 * The quantities a buyer chose, by line id; lines whose quantity is not theirs to choose stay.
 * @throws {StripeError} where one is not within the bounds.
 */
export function setQuantities(
  world: World,
  id: string,
  quantities: Readonly<Record<string, number>>,
): void {
  const { lines } = world.must('~checkout', id)
  const chosen = lines.map((line): CheckoutLine => {
    const quantity = quantities[line.item.id]
    const bounds = line.item.adjustable_quantity
    if (quantity === undefined || bounds === null || quantity === line.item.quantity) return line
    const { minimum, maximum } = bounds
    if (!Number.isInteger(quantity) || quantity < (minimum ?? 0) || quantity > (maximum ?? 99)) {
      throw invalidRequest(
        `The quantity must be between ${String(minimum ?? 0)} and ${String(maximum ?? 99)}.`,
        { param: 'line_items' },
      )
    }
    return { ...line, item: { ...line.item, quantity } }
  })
  if (chosen.some((line, at) => line !== lines[at])) reprice(world, id, { lines: chosen })
}
