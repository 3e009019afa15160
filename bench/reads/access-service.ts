import type { Contender } from '../contenders/contender.ts'
import { openService } from '../contenders/service.ts'

/** May this customer use this feature, asked of our service. */
export const accessService: Contender = {
  name: 'access read',
  job: 'GET /v1/customers/:id/access/:feature of our service: one statement, `until` applied, due wakes decided first, reasons told',
  face: 'http',
  settles: false,
  keeps: null,
  prepare: async () => undefined,
  open: ({ url }) => openService(url, false),
}
