import type { Contender } from './contender.ts'
import { openService } from './service.ts'

export const wholePath: Contender = {
  name: 'whole path',
  job: 'our service: signature, durable intake, then facts, verdict and changes stored for every event (after the ack)',
  face: 'http',
  settles: true,
  keeps: 'proviso.observations',
  prepare: async () => undefined,
  open: ({ url }) => openService(url, true),
}
