import { inPath } from '../../protocol/find.ts'
import { pageOfValues } from '../../protocol/list.ts'
import {
  clearable,
  count,
  decimal,
  flag,
  hash,
  integer,
  list,
  mergeMetadata,
  metadata,
  oneOf,
  text,
  timestamp,
} from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'
import { missing } from '../../protocol/stripe-error.ts'
import { addLines, changeLine, removeLines } from './edit-lines.ts'
import { discountChoice } from './parameters.ts'
import { linesOf, refreshDraft } from './refresh-draft.ts'

const lineParameters = {
  amount: integer.optional(),
  description: text.optional(),
  discountable: flag.optional(),
  discounts: clearable(list(discountChoice)).optional(),
  metadata: metadata.optional(),
  period: hash({ end: timestamp, start: timestamp }).optional(),
  price_data: hash({
    currency: text,
    product: text,
    unit_amount: integer.optional(),
    unit_amount_decimal: decimal.optional(),
    tax_behavior: oneOf('exclusive', 'inclusive', 'unspecified').optional(),
  }).optional(),
  pricing: hash({ price: text.optional() }).optional(),
  quantity: count.optional(),
  tax_rates: clearable(list(text)).optional(),
}

const all = route({
  method: 'GET',
  path: '/v1/invoices/:invoice/lines',
  params: hash({
    limit: count.optional(),
    starting_after: text.optional(),
    ending_before: text.optional(),
  }),
  handle: ({ world, path, params }) => {
    const { id } = inPath(world, 'invoice', path['invoice'])
    return pageOfValues(linesOf(world, id), params, `/v1/invoices/${id}/lines`)
  },
})

const add = route({
  method: 'POST',
  path: '/v1/invoices/:invoice/add_lines',
  params: hash({
    lines: list(hash({ ...lineParameters, invoice_item: text.optional() })),
    invoice_metadata: metadata.optional(),
  }),
  handle: ({ world, path, params }) => {
    const { id } = inPath(world, 'invoice', path['invoice'])
    addLines(world, id, params.lines)
    return withMetadata(world, id, params.invoice_metadata)
  },
})

const update = route({
  method: 'POST',
  path: '/v1/invoices/:invoice/update_lines',
  params: hash({
    lines: list(hash({ ...lineParameters, id: text })),
    invoice_metadata: metadata.optional(),
  }),
  handle: ({ world, path, params }) => {
    const { id } = inPath(world, 'invoice', path['invoice'])
    for (const { id: line, ...change } of params.lines) changeLine(world, id, line, change)
    return withMetadata(world, id, params.invoice_metadata)
  },
})

const updateOne = route({
  method: 'POST',
  path: '/v1/invoices/:invoice/lines/:line',
  params: hash(lineParameters),
  handle: ({ world, path, params }) => {
    const { id } = inPath(world, 'invoice', path['invoice'])
    const line = inPath(world, 'line_item', path['line'], 'invoice line item')
    if (line.invoice !== id) throw missing('invoice line item', line.id)
    changeLine(world, id, line.id, params)
    refreshDraft(world, id)
    return world.must('line_item', line.id)
  },
})

const remove = route({
  method: 'POST',
  path: '/v1/invoices/:invoice/remove_lines',
  params: hash({
    lines: list(hash({ behavior: oneOf('delete', 'unassign'), id: text })),
    invoice_metadata: metadata.optional(),
  }),
  handle: ({ world, path, params }) => {
    const { id } = inPath(world, 'invoice', path['invoice'])
    removeLines(world, id, params.lines)
    return withMetadata(world, id, params.invoice_metadata)
  },
})

function withMetadata(
  world: Parameters<typeof refreshDraft>[0],
  id: string,
  change: Readonly<Record<string, string>> | null | undefined,
) {
  const before = world.must('invoice', id)
  return refreshDraft(world, id, {}, { metadata: mergeMetadata(before.metadata ?? {}, change) })
}

export const lineRoutes = [all, add, update, updateOne, remove]
