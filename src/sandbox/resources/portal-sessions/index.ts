import type { Module } from '../../module.ts'
import { route } from '../../protocol/route.ts'
import { createPortalSession } from './create-portal-session.ts'
import { portalSessionParameters } from './portal-session-parameters.ts'
import { afterAuthentication } from './update-card.ts'

const create = route({
  method: 'POST',
  path: '/v1/billing_portal/sessions',
  params: portalSessionParameters,
  handle: ({ world, params, baseUrl }) => createPortalSession(world, params, baseUrl),
})

export const portalSessions: Module = { routes: [create], reactions: afterAuthentication }
