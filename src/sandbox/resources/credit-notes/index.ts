import type { Module } from '../../module.ts'
import { inPath } from '../../protocol/find.ts'
import { isCreatedIn, pageOf, pageOfValues } from '../../protocol/list.ts'
import {
  clearable,
  count,
  createdRange,
  decimal,
  hash,
  integer,
  list,
  mergeMetadata,
  metadata,
  oneOf,
  paging,
  text,
  timestamp,
} from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'
import { composeCreditNote } from './compose-credit-note.ts'
import { createCreditNote } from './create-credit-note.ts'
import { voidCreditNote } from './void-credit-note.ts'

const noteParameters = {
  invoice: text,
  amount: count.optional(),
  credit_amount: count.optional(),
  effective_at: timestamp.optional(),
  email_type: oneOf('credit_note', 'none').optional(),
  lines: list(
    hash({
      amount: count.optional(),
      description: text.optional(),
      invoice_line_item: text.optional(),
      metadata: metadata.optional(),
      quantity: count.optional(),
      tax_rates: clearable(list(text)).optional(),
      type: oneOf('custom_line_item', 'invoice_line_item'),
      unit_amount: integer.optional(),
      unit_amount_decimal: decimal.optional(),
    }),
  ).optional(),
  memo: text.optional(),
  metadata: metadata.optional(),
  out_of_band_amount: count.optional(),
  reason: oneOf('duplicate', 'fraudulent', 'order_change', 'product_unsatisfactory').optional(),
  refund_amount: count.optional(),
  refunds: list(
    hash({
      amount_refunded: count.optional(),
      refund: text,
      type: oneOf('refund').optional(),
    }),
  ).optional(),
}

const create = route({
  method: 'POST',
  path: '/v1/credit_notes',
  params: hash(noteParameters),
  handle: ({ world, params }) => createCreditNote(world, params),
})

const preview = route({
  method: 'GET',
  path: '/v1/credit_notes/preview',
  params: hash(noteParameters),
  handle: ({ world, params }) => composeCreditNote(world, params),
})

const previewLines = route({
  method: 'GET',
  path: '/v1/credit_notes/preview/lines',
  params: hash({ ...noteParameters, ...paging }),
  handle: ({ world, params }) =>
    pageOfValues(
      composeCreditNote(world, params).lines.data,
      params,
      '/v1/credit_notes/preview/lines',
    ),
})

const update = route({
  method: 'POST',
  path: '/v1/credit_notes/:note',
  params: hash({ memo: clearable(text).optional(), metadata: metadata.optional() }),
  handle: ({ world, path, params }) => {
    const note = inPath(world, 'credit_note', path['note'], 'credit note')
    return world.change(
      'credit_note',
      note.id,
      {
        memo: params.memo === undefined ? note.memo : params.memo,
        metadata: mergeMetadata(note.metadata ?? {}, params.metadata),
      },
      'credit_note.updated',
    )
  },
})

const retrieve = route({
  method: 'GET',
  path: '/v1/credit_notes/:note',
  params: hash({}),
  handle: ({ world, path }) => inPath(world, 'credit_note', path['note'], 'credit note'),
})

const lines = route({
  method: 'GET',
  path: '/v1/credit_notes/:note/lines',
  params: hash(paging),
  handle: ({ world, path, params }) => {
    const note = inPath(world, 'credit_note', path['note'], 'credit note')
    return pageOfValues(note.lines.data, params, note.lines.url)
  },
})

const all = route({
  method: 'GET',
  path: '/v1/credit_notes',
  params: hash({
    ...paging,
    created: createdRange.optional(),
    customer: text.optional(),
    invoice: text.optional(),
  }),
  handle: ({ world, params }) =>
    pageOf(
      world.table('credit_note'),
      params,
      '/v1/credit_notes',
      (note) =>
        (params.customer === undefined || note.customer === params.customer) &&
        (params.invoice === undefined || note.invoice === params.invoice) &&
        isCreatedIn(note.created, params.created),
    ),
})

const voiding = route({
  method: 'POST',
  path: '/v1/credit_notes/:note/void',
  params: hash({}),
  handle: ({ world, path }) =>
    voidCreditNote(world, inPath(world, 'credit_note', path['note'], 'credit note').id),
})

export const creditNotes: Module = {
  // The preview's paths before the one with an id.
  routes: [create, preview, previewLines, update, retrieve, lines, all, voiding],
}
