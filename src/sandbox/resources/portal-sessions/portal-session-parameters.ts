import type { z } from 'zod'
import { hash, oneOf, text } from '../../protocol/parameters.ts'
import { portalLocale } from '../../protocol/locales.ts'

const flowData = hash({
  type: oneOf('payment_method_update', 'subscription_cancel', 'subscription_update'),
  after_completion: hash({
    type: oneOf('portal_homepage', 'redirect'),
    redirect: hash({ return_url: text }).optional(),
  }).optional(),
  subscription_cancel: hash({ subscription: text }).optional(),
  subscription_update: hash({ subscription: text }).optional(),
})

export const portalSessionParameters = hash({
  configuration: text.optional(),
  customer: text,
  flow_data: flowData.optional(),
  locale: portalLocale.optional(),
  return_url: text.optional(),
})

export type PortalSessionParameters = z.output<typeof portalSessionParameters>
export type FlowData = z.output<typeof flowData>
