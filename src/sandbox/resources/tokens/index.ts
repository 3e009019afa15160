import type { Module } from '../../module.ts'
import { hash, integer, text } from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'
import { missing } from '../../protocol/stripe-error.ts'
import { cardSourceOf } from '../customer-sources/card-source.ts'
import { cardFromNumber } from '../payment-methods/card-number.ts'
import { NO_BILLING_DETAILS } from '../payment-methods/payment-method-details.ts'
import type { TokenRecord } from './token-record.ts'

const create = route({
  method: 'POST',
  path: '/v1/tokens',
  params: hash({
    card: hash({
      number: text,
      exp_month: integer,
      exp_year: integer,
      cvc: text.optional(),
      name: text.optional(),
      address_line1: text.optional(),
      address_line2: text.optional(),
      address_city: text.optional(),
      address_state: text.optional(),
      address_zip: text.optional(),
      address_country: text.optional(),
    }),
  }),
  handle: ({ world, params }) => {
    const given = params.card
    const card = cardFromNumber(world, given)
    const billing = {
      ...NO_BILLING_DETAILS,
      name: given.name ?? null,
      address: {
        city: given.address_city ?? null,
        country: given.address_country ?? null,
        line1: given.address_line1 ?? null,
        line2: given.address_line2 ?? null,
        postal_code: given.address_zip ?? null,
        state: given.address_state ?? null,
      },
    }
    const record: TokenRecord = {
      id: world.id('tok'),
      token: {
        id: '',
        object: 'token',
        card: cardSourceOf(world.id('card'), null, card, billing, {}),
        client_ip: null,
        created: world.now(),
        livemode: false,
        type: 'card',
        used: false,
      },
      card,
      billing,
    }
    const token = { ...record.token, id: record.id }
    world.insert('~token', { ...record, token })
    return token
  },
})

const retrieve = route({
  method: 'GET',
  path: '/v1/tokens/:token',
  params: hash({}),
  handle: ({ world, path }) => {
    const record = world.get('~token', path['token'])
    if (record === undefined) throw missing('token', path['token'] ?? '', 'token')
    return record.token
  },
})

export const tokens: Module = { routes: [create, retrieve] }
