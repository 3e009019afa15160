import { z } from 'zod'
import type { Module } from '../../module.ts'
import { inParameter, inPath } from '../../protocol/find.ts'
import { hash, integer, mergeMetadata, metadata, oneOf, text } from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { World } from '../../world/world.ts'
import { attachPaymentMethod, detachPaymentMethod } from './attach-payment-method.ts'
import { createPaymentMethod } from './create-payment-method.ts'
import { changeInstrument } from './instrument.ts'
import {
  allowRedisplay,
  billingDetails,
  paymentMethodShape,
  withAddress,
} from './payment-method-params.ts'
import { all, oneOfCustomer, ofCustomer } from './list-routes.ts'
import { resolvePaymentMethod } from './resolve-payment-method.ts'

const create = route({
  method: 'POST',
  path: '/v1/payment_methods',
  params: hash(paymentMethodShape),
  handle: ({ world, params }) => createPaymentMethod(world, params),
})

const retrieve = route({
  method: 'GET',
  path: '/v1/payment_methods/:payment_method',
  params: hash({}),
  handle: ({ world, path }) =>
    resolvePaymentMethod(world, path['payment_method'] ?? '', 'payment_method', 404),
})

const update = route({
  method: 'POST',
  path: '/v1/payment_methods/:payment_method',
  params: hash({
    allow_redisplay: allowRedisplay.optional(),
    billing_details: billingDetails.optional(),
    card: hash({ exp_month: integer.optional(), exp_year: integer.optional() }).optional(),
    metadata: metadata.optional(),
    us_bank_account: hash({
      account_holder_type: oneOf('company', 'individual').optional(),
      account_type: oneOf('checking', 'savings').optional(),
    }).optional(),
  }),
  handle: ({ world, path, params }) => {
    const method = inPath(
      world,
      'payment_method',
      path['payment_method'],
      'PaymentMethod',
      'payment_method',
    )
    if (method.customer === null) {
      throw invalidRequest(
        'You must save this PaymentMethod to a customer before you can update it.',
        { code: 'payment_method_unexpected_state' },
      )
    }
    const { address, ...names } = params.billing_details ?? {}
    return world.change(
      'payment_method',
      method.id,
      {
        ...(params.allow_redisplay === undefined
          ? {}
          : { allow_redisplay: params.allow_redisplay }),
        ...(params.billing_details === undefined
          ? {}
          : {
              billing_details: {
                ...method.billing_details,
                ...(names as Partial<typeof method.billing_details>),
                ...(address === undefined ? {} : { address: withAddress(address) }),
              },
            }),
        ...(params.card === undefined || method.card === undefined
          ? {}
          : { card: { ...method.card, ...(params.card as Partial<typeof method.card>) } }),
        ...(params.us_bank_account === undefined || method.us_bank_account === undefined
          ? {}
          : {
              us_bank_account: {
                ...method.us_bank_account,
                ...(params.us_bank_account as Partial<typeof method.us_bank_account>),
              },
            }),
        metadata: mergeMetadata(method.metadata ?? {}, params.metadata),
      },
      'payment_method.updated',
    )
  },
})

const attach = route({
  method: 'POST',
  path: '/v1/payment_methods/:payment_method/attach',
  params: hash({ customer: text }),
  handle: ({ world, path, params }) => {
    inParameter(world, 'customer', params.customer, 'customer')
    const method = resolvePaymentMethod(world, path['payment_method'] ?? '', 'payment_method', 404)
    return attachPaymentMethod(world, method.id, params.customer)
  },
})

const detach = route({
  method: 'POST',
  path: '/v1/payment_methods/:payment_method/detach',
  params: z.strictObject({}),
  handle: ({ world, path }) =>
    detachPaymentMethod(
      world,
      inPath(world, 'payment_method', path['payment_method'], 'PaymentMethod', 'payment_method').id,
    ),
})

/** A deleted customer's payment methods are nobody's, and cannot be anybody's again. */
function forgetCustomer(world: World, { id }: { readonly id: string }): void {
  for (const method of world.where('payment_method', 'customer', id)) {
    changeInstrument(world, world.patch('payment_method', method.id, { customer: null }), {
      spent: true,
    })
  }
}

export const paymentMethods: Module = {
  routes: [create, retrieve, update, attach, detach, all, ofCustomer, oneOfCustomer],
  reactions: { 'customer.deleting': forgetCustomer },
}
