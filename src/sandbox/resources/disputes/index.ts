import type { Module } from '../../module.ts'
import { inPath } from '../../protocol/find.ts'
import { isCreatedIn, pageOf, pageOfValues } from '../../protocol/list.ts'
import {
  clearable,
  createdRange,
  flag,
  hash,
  mergeMetadata,
  metadata,
  paging,
  text,
} from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'
import type { Dispute } from '../../tables.ts'
import { answerDispute, decideDispute } from './answer-dispute.ts'
import { EVIDENCE_FIELDS } from './evidence.ts'
import { raiseDispute } from './raise-dispute.ts'
import { passDue, resolveDispute } from './resolve-dispute.ts'

const retrieve = route({
  method: 'GET',
  path: '/v1/disputes/:dispute',
  params: hash({}),
  handle: ({ world, path }) => inPath(world, 'dispute', path['dispute']),
})

const optionalText = clearable(text).optional()

const update = route({
  method: 'POST',
  path: '/v1/disputes/:dispute',
  params: hash({
    evidence: hash(
      Object.fromEntries(EVIDENCE_FIELDS.map((field) => [field, optionalText])) as Record<
        (typeof EVIDENCE_FIELDS)[number],
        typeof optionalText
      >,
    ).optional(),
    metadata: metadata.optional(),
    submit: flag.optional(),
  }),
  handle: ({ world, path, params }) => {
    const dispute = inPath(world, 'dispute', path['dispute'])
    return answerDispute(world, dispute.id, {
      evidence: params.evidence as Partial<Dispute['evidence']> | undefined,
      metadata: mergeMetadata(dispute.metadata, params.metadata),
      submit: params.submit ?? true,
    })
  },
})

const close = route({
  method: 'POST',
  path: '/v1/disputes/:dispute/close',
  params: hash({}),
  handle: ({ world, path }) =>
    resolveDispute(world, inPath(world, 'dispute', path['dispute']).id, 'lost'),
})

const all = route({
  method: 'GET',
  path: '/v1/disputes',
  params: hash({
    ...paging,
    charge: text.optional(),
    payment_intent: text.optional(),
    created: createdRange.optional(),
  }),
  handle: ({ world, params }) => {
    const index = params.charge === undefined ? 'payment_intent' : 'charge'
    const key = params.charge ?? params.payment_intent
    const keep = (dispute: Dispute) => isCreatedIn(dispute.created, params.created)
    return key === undefined
      ? pageOf(world.table('dispute'), params, '/v1/disputes', keep)
      : pageOfValues(
          world.where('dispute', index, key).filter(keep).reverse(),
          params,
          '/v1/disputes',
        )
  },
})

export const disputes: Module = {
  routes: [retrieve, update, close, all],
  jobs: {
    'charge.raise_dispute': raiseDispute,
    'dispute.past_due': passDue,
    'dispute.decide': decideDispute,
  },
}
