import type { Contender } from './contender.ts'
import { openService } from './service.ts'

export const intakeOverHttp: Contender = {
  name: 'intake over HTTP',
  job: 'our service with settling switched off: signature, duplicates, durable',
  face: 'http',
  settles: false,
  keeps: 'proviso.observations',
  prepare: async () => undefined,
  open: ({ url }) => openService(url, false),
}
