import type { Module } from '../../module.ts'
import { inPath } from '../../protocol/find.ts'
import { pageOf } from '../../protocol/list.ts'
import {
  clearable,
  flag,
  hash,
  list,
  mergeMetadata,
  metadata,
  paging,
  text,
} from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import { versionAsked } from '../../protocol/versions.ts'
import type { WebhookEndpoint } from '../../tables.ts'

const PATH = '/v1/webhook_endpoints'

/** Stripe's limit (stripe-facts §3, "Endpoints"). */
const MAX_ENDPOINTS = 16

const create = route({
  method: 'POST',
  path: PATH,
  params: hash({
    url: text,
    enabled_events: list(text),
    api_version: text.optional(),
    connect: flag.optional(),
    description: clearable(text).optional(),
    metadata: metadata.optional(),
  }),
  handle: ({ world, params }) => {
    if (!URL.canParse(params.url) || !/^https?:/u.test(params.url)) {
      throw invalidRequest(`Invalid URL: ${params.url}`, { code: 'url_invalid', param: 'url' })
    }
    if (world.table('webhook_endpoint').size >= MAX_ENDPOINTS) {
      throw invalidRequest(
        `You have reached the maximum of ${String(MAX_ENDPOINTS)} test webhook endpoints.`,
      )
    }
    const endpoint: WebhookEndpoint = {
      id: world.id('we'),
      object: 'webhook_endpoint',
      api_version: params.api_version === undefined ? null : versionAsked(params.api_version, ''),
      application: null,
      created: world.now(),
      description: params.description ?? null,
      enabled_events: params.enabled_events,
      livemode: false,
      metadata: mergeMetadata({}, params.metadata),
      status: 'enabled',
      url: params.url,
    }
    const secret = `whsec_${world.random.text(32)}`
    world.insert('~webhook_secret', { id: endpoint.id, secret })
    world.insert('webhook_endpoint', endpoint)
    // Told this once, as Stripe does.
    return { ...endpoint, secret }
  },
})

const update = route({
  method: 'POST',
  path: `${PATH}/:endpoint`,
  params: hash({
    url: text.optional(),
    enabled_events: list(text).optional(),
    disabled: flag.optional(),
    description: clearable(text).optional(),
    metadata: metadata.optional(),
  }),
  handle: ({ world, path, params }) => {
    const endpoint = inPath(world, 'webhook_endpoint', path['endpoint'])
    return world.patch('webhook_endpoint', endpoint.id, {
      ...(params.url === undefined ? {} : { url: params.url }),
      ...(params.enabled_events === undefined ? {} : { enabled_events: params.enabled_events }),
      ...(params.description === undefined ? {} : { description: params.description }),
      ...(params.disabled === undefined
        ? {}
        : { status: params.disabled ? 'disabled' : 'enabled' }),
      metadata: mergeMetadata(endpoint.metadata, params.metadata),
    })
  },
})

const retrieve = route({
  method: 'GET',
  path: `${PATH}/:endpoint`,
  params: hash({}),
  handle: ({ world, path }) => inPath(world, 'webhook_endpoint', path['endpoint']),
})

const all = route({
  method: 'GET',
  path: PATH,
  params: hash(paging),
  handle: ({ world, params }) => pageOf(world.table('webhook_endpoint'), params, PATH),
})

const remove = route({
  method: 'DELETE',
  path: `${PATH}/:endpoint`,
  params: hash({}),
  handle: ({ world, path }) => {
    const endpoint = inPath(world, 'webhook_endpoint', path['endpoint'])
    world.remove('webhook_endpoint', endpoint.id)
    return { id: endpoint.id, object: 'webhook_endpoint', deleted: true }
  },
})

export const webhookEndpoints: Module = { routes: [create, update, retrieve, all, remove] }
