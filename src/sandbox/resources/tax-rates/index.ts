import type { Module } from '../../module.ts'
import { inPath } from '../../protocol/find.ts'
import { isCreatedIn, pageOf } from '../../protocol/list.ts'
import {
  createdRange,
  flag,
  hash,
  mergeMetadata,
  metadata,
  number,
  oneOf,
  paging,
  text,
} from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { TaxRate } from '../../tables.ts'

/** The kinds of tax that merchants set themselves; Stripe Tax, which knows more, is not played. */
const taxType = oneOf(
  'gst',
  'hst',
  'igst',
  'jct',
  'lease_tax',
  'pst',
  'qst',
  'rst',
  'sales_tax',
  'service_tax',
  'vat',
)

const create = route({
  method: 'POST',
  path: '/v1/tax_rates',
  params: hash({
    display_name: text,
    inclusive: flag,
    percentage: number,
    active: flag.optional(),
    country: text.optional(),
    description: text.optional(),
    jurisdiction: text.optional(),
    metadata: metadata.optional(),
    state: text.optional(),
    tax_type: taxType.optional(),
  }),
  handle: ({ world, params }) => {
    if (params.percentage < 0 || params.percentage > 100) {
      throw invalidRequest('Invalid percentage: must be between 0 and 100.', {
        param: 'percentage',
      })
    }
    const rate: TaxRate = {
      id: world.id('txr'),
      object: 'tax_rate',
      active: params.active ?? true,
      country: params.country ?? null,
      created: world.now(),
      description: params.description ?? null,
      display_name: params.display_name,
      effective_percentage: null,
      flat_amount: null,
      inclusive: params.inclusive,
      jurisdiction: params.jurisdiction ?? null,
      jurisdiction_level: null,
      livemode: false,
      metadata: params.metadata ?? {},
      percentage: params.percentage,
      rate_type: 'percentage',
      state: params.state ?? null,
      tax_type: params.tax_type ?? null,
    }
    world.insert('tax_rate', rate)
    world.emit('tax_rate.created', rate)
    return rate
  },
})

const update = route({
  method: 'POST',
  path: '/v1/tax_rates/:rate',
  params: hash({
    active: flag.optional(),
    country: text.optional(),
    description: text.optional(),
    display_name: text.optional(),
    jurisdiction: text.optional(),
    metadata: metadata.optional(),
    state: text.optional(),
    tax_type: taxType.optional(),
  }),
  handle: ({ world, path, params }) => {
    const rate = inPath(world, 'tax_rate', path['rate'])
    return world.change(
      'tax_rate',
      rate.id,
      {
        active: params.active ?? rate.active,
        country: params.country ?? rate.country,
        description: params.description ?? rate.description,
        display_name: params.display_name ?? rate.display_name,
        jurisdiction: params.jurisdiction ?? rate.jurisdiction,
        metadata: mergeMetadata(rate.metadata ?? {}, params.metadata),
        state: params.state ?? rate.state,
        tax_type: params.tax_type ?? rate.tax_type,
      },
      'tax_rate.updated',
    )
  },
})

const retrieve = route({
  method: 'GET',
  path: '/v1/tax_rates/:rate',
  params: hash({}),
  handle: ({ world, path }) => inPath(world, 'tax_rate', path['rate']),
})

const all = route({
  method: 'GET',
  path: '/v1/tax_rates',
  params: hash({
    ...paging,
    active: flag.optional(),
    created: createdRange.optional(),
    inclusive: flag.optional(),
  }),
  handle: ({ world, params }) =>
    pageOf(
      world.table('tax_rate'),
      params,
      '/v1/tax_rates',
      (rate) =>
        (params.active === undefined || rate.active === params.active) &&
        (params.inclusive === undefined || rate.inclusive === params.inclusive) &&
        isCreatedIn(rate.created, params.created),
    ),
})

export const taxRates: Module = { routes: [create, update, retrieve, all] }
