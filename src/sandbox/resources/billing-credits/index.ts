import type { Module } from '../../module.ts'
import { inParameter, inPath } from '../../protocol/find.ts'
import { pageOf } from '../../protocol/list.ts'
import {
  clearable,
  count,
  currency,
  hash,
  list,
  mergeMetadata,
  metadata,
  oneOf,
  paging,
  text,
  timestamp,
} from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { CreditGrant } from '../../tables.ts'
import { reinstateCredits } from './apply-credits.ts'
import { balanceSummary } from './balance-summary.ts'
import {
  beginCreditGrant,
  createCreditGrant,
  expireCreditGrant,
  lapseCreditGrant,
  scheduleExpiry,
  voidCreditGrant,
} from './credit-grant.ts'

const scope = hash({
  price_type: oneOf('metered').optional(),
  prices: list(hash({ id: text })).optional(),
})

const create = route({
  method: 'POST',
  path: '/v1/billing/credit_grants',
  params: hash({
    amount: hash({ monetary: hash({ currency, value: count }), type: oneOf('monetary') }),
    applicability_config: hash({ scope }),
    category: oneOf('paid', 'promotional').optional(),
    customer: text,
    effective_at: timestamp.optional(),
    expires_at: timestamp.optional(),
    metadata: metadata.optional(),
    name: text.optional(),
    priority: count.optional(),
  }),
  handle: ({ world, params }) =>
    createCreditGrant(world, { ...params, scope: params.applicability_config.scope }),
})

const update = route({
  method: 'POST',
  path: '/v1/billing/credit_grants/:grant',
  params: hash({ expires_at: clearable(timestamp).optional(), metadata: metadata.optional() }),
  handle: ({ world, path, params }) => {
    const grant = inPath(world, 'billing.credit_grant', path['grant'])
    const now = world.now(grant.customer)
    if (typeof params.expires_at === 'number' && params.expires_at <= now) {
      throw invalidRequest('`expires_at` must be in the future.', { param: 'expires_at' })
    }
    const after = world.change(
      'billing.credit_grant',
      grant.id,
      {
        expires_at: params.expires_at === undefined ? grant.expires_at : params.expires_at,
        metadata: mergeMetadata(grant.metadata, params.metadata),
        updated: now,
      },
      'billing.credit_grant.updated',
    )
    scheduleExpiry(world, after)
    return after
  },
})

const expire = route({
  method: 'POST',
  path: '/v1/billing/credit_grants/:grant/expire',
  params: hash({}),
  handle: ({ world, path }) =>
    expireCreditGrant(world, inPath(world, 'billing.credit_grant', path['grant'])),
})

const cancel = route({
  method: 'POST',
  path: '/v1/billing/credit_grants/:grant/void',
  params: hash({}),
  handle: ({ world, path }) =>
    voidCreditGrant(world, inPath(world, 'billing.credit_grant', path['grant'])),
})

const retrieve = route({
  method: 'GET',
  path: '/v1/billing/credit_grants/:grant',
  params: hash({}),
  handle: ({ world, path }) => inPath(world, 'billing.credit_grant', path['grant']),
})

const all = route({
  method: 'GET',
  path: '/v1/billing/credit_grants',
  params: hash({ ...paging, customer: text.optional() }),
  handle: ({ world, params }) =>
    pageOf(
      world.table('billing.credit_grant'),
      params,
      '/v1/billing/credit_grants',
      (grant) => params.customer === undefined || grant.customer === params.customer,
    ),
})

const summary = route({
  method: 'GET',
  path: '/v1/billing/credit_balance_summary',
  params: hash({
    customer: text,
    filter: hash({
      applicability_scope: scope.optional(),
      credit_grant: text.optional(),
      type: oneOf('applicability_scope', 'credit_grant'),
    }),
  }),
  handle: ({ world, params }) => {
    const { customer, filter } = params
    inParameter(world, 'customer', customer, 'customer')
    if (filter.type === 'credit_grant') {
      const param = 'filter[credit_grant]'
      const id = filter.credit_grant ?? ''
      const grant = inParameter(world, 'billing.credit_grant', id, param, 'credit grant')
      return balanceSummary(world, customer, [grant])
    }
    const asked = filter.applicability_scope?.prices?.map(({ id }) => id)
    const grants = world
      .where('billing.credit_grant', 'customer', customer)
      .filter((grant) => asked === undefined || isForAny(grant, asked))
    return balanceSummary(world, customer, grants)
  },
})

function isForAny(grant: CreditGrant, prices: readonly string[]): boolean {
  const own = grant.applicability_config.scope.prices
  return own === undefined || own.some(({ id }) => id !== null && prices.includes(id))
}

const transactions = route({
  method: 'GET',
  path: '/v1/billing/credit_balance_transactions',
  params: hash({ ...paging, credit_grant: text.optional(), customer: text.optional() }),
  handle: ({ world, params }) =>
    pageOf(
      world.table('billing.credit_balance_transaction'),
      params,
      '/v1/billing/credit_balance_transactions',
      ({ credit_grant: grant }) =>
        (params.credit_grant === undefined || grant === params.credit_grant) &&
        (params.customer === undefined ||
          world.get('billing.credit_grant', grant)?.customer === params.customer),
    ),
})

const transaction = route({
  method: 'GET',
  path: '/v1/billing/credit_balance_transactions/:transaction',
  params: hash({}),
  handle: ({ world, path }) =>
    inPath(world, 'billing.credit_balance_transaction', path['transaction']),
})

export const billingCredits: Module = {
  routes: [create, update, expire, cancel, retrieve, all, summary, transactions, transaction],
  jobs: { 'credit_grant.begin': beginCreditGrant, 'credit_grant.expire': lapseCreditGrant },
  reactions: {
    'invoice.voided': (world, { id }) => {
      reinstateCredits(world, id)
    },
  },
}
