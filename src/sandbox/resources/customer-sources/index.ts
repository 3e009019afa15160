import type { Module } from '../../module.ts'
import { inPath } from '../../protocol/find.ts'
import { pageOfValues } from '../../protocol/list.ts'
import {
  clearable,
  hash,
  integer,
  mergeMetadata,
  metadata,
  oneOf,
  paging,
  text,
} from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'
import { missing } from '../../protocol/stripe-error.ts'
import type { CardSource, Customer } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { changeInstrument } from '../payment-methods/instrument.ts'
import { addSource } from './add-source.ts'

const PATH = '/v1/customers/:customer/sources'

const create = route({
  method: 'POST',
  path: PATH,
  params: hash({ source: text, metadata: metadata.optional() }),
  handle: ({ world, path, params }) => {
    const customer = inPath(world, 'customer', path['customer'])
    const source = addSource(world, customer.id, params.source, params.metadata ?? {})
    tellDefault(world, customer)
    return source
  },
})

const retrieve = route({
  method: 'GET',
  path: `${PATH}/:source`,
  params: hash({}),
  handle: ({ world, path }) => sourceOf(world, path),
})

const update = route({
  method: 'POST',
  path: `${PATH}/:source`,
  params: hash({
    address_city: clearable(text).optional(),
    address_country: clearable(text).optional(),
    address_line1: clearable(text).optional(),
    address_line2: clearable(text).optional(),
    address_state: clearable(text).optional(),
    address_zip: clearable(text).optional(),
    exp_month: integer.optional(),
    exp_year: integer.optional(),
    metadata: metadata.optional(),
    name: clearable(text).optional(),
  }),
  handle: ({ world, path, params }) => {
    const source = sourceOf(world, path)
    const { metadata: change, ...fields } = params
    const method = world.get('payment_method', source.id)
    if (method?.card !== undefined) {
      world.patch('payment_method', method.id, {
        card: {
          ...method.card,
          exp_month: params.exp_month ?? method.card.exp_month,
          exp_year: params.exp_year ?? method.card.exp_year,
        },
      })
    }
    return world.change(
      'card',
      source.id,
      {
        ...(fields as Partial<CardSource>),
        metadata: mergeMetadata(source.metadata ?? {}, change),
      },
      'customer.source.updated',
    )
  },
})

const remove = route({
  method: 'DELETE',
  path: `${PATH}/:source`,
  params: hash({}),
  handle: ({ world, path }) => {
    const source = sourceOf(world, path)
    const customer = inPath(world, 'customer', path['customer'])
    world.remove('card', source.id)
    const method = world.get('payment_method', source.id)
    if (method !== undefined) {
      changeInstrument(world, world.patch('payment_method', method.id, { customer: null }), {
        spent: true,
      })
    }
    if (customer.default_source === source.id) {
      const next = world.where('card', 'customer', customer.id).at(-1)?.id ?? null
      world.patch('customer', customer.id, { default_source: next })
    }
    world.emit('customer.source.deleted', source)
    tellDefault(world, customer)
    return { id: source.id, object: 'card', deleted: true }
  },
})

const all = route({
  method: 'GET',
  path: PATH,
  params: hash({ ...paging, object: oneOf('card', 'bank_account').optional() }),
  handle: ({ world, path, params }) => {
    const { id } = inPath(world, 'customer', path['customer'])
    return sourcesOf(world, id, params)
  },
})

function sourceOf(world: World, path: Readonly<Record<string, string>>): CardSource {
  const customer = inPath(world, 'customer', path['customer'])
  const source = world.get('card', path['source'])
  if (source?.customer !== customer.id) throw missing('source', path['source'] ?? '', 'id')
  return source
}

/** Where the default source moved, the customer changed. */
function tellDefault(world: World, before: Customer): void {
  const after = world.must('customer', before.id)
  if (after.default_source === before.default_source) return
  world.emit('customer.updated', after, { default_source: before.default_source })
}

function sourcesOf(
  world: World,
  customer: string,
  params: { readonly object?: string | undefined; readonly limit?: number | undefined },
) {
  const cards = params.object === 'bank_account' ? [] : world.where('card', 'customer', customer)
  return pageOfValues(cards.reverse(), params, `/v1/customers/${customer}/sources`)
}

export const customerSources: Module = {
  routes: [create, retrieve, update, remove, all],
}
