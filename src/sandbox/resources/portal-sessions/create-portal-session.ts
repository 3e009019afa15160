import { inParameter } from '../../protocol/find.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { PortalSession } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { defaultPortalConfiguration } from '../portal-configurations/create-configuration.ts'
import type { FlowData, PortalSessionParameters } from './portal-session-parameters.ts'

/**
 * A link into the customer portal.
 * @throws {StripeError} where the customer, configuration or the flow's subscription is not there.
 */
export function createPortalSession(
  world: World,
  input: PortalSessionParameters,
  baseUrl: string,
): PortalSession {
  inParameter(world, 'customer', input.customer, 'customer')
  const configuration =
    input.configuration === undefined
      ? defaultPortalConfiguration(world)
      : inParameter(
          world,
          'billing_portal.configuration',
          input.configuration,
          'configuration',
          'configuration',
        )
  const id = world.id('bps')
  const session: PortalSession = {
    id,
    object: 'billing_portal.session',
    configuration: configuration.id,
    created: world.now(input.customer),
    customer: input.customer,
    customer_account: null,
    flow: input.flow_data === undefined ? null : flowOf(world, input.customer, input.flow_data),
    livemode: false,
    locale: input.locale ?? null,
    on_behalf_of: null,
    return_url: input.return_url ?? configuration.default_return_url,
    url: `${baseUrl}/p/session/${id}`,
  }
  world.insert('billing_portal.session', session)
  world.emit('billing_portal.session.created', session)
  return session
}

function flowOf(world: World, customer: string, data: FlowData): PortalSession['flow'] {
  const subscription = data.subscription_cancel ?? data.subscription_update
  if (data.type !== 'payment_method_update' && subscription === undefined) {
    throw invalidRequest(`Missing required param: flow_data[${data.type}].`, {
      code: 'parameter_missing',
      param: `flow_data[${data.type}]`,
    })
  }
  if (subscription !== undefined) {
    const param = `flow_data[${data.type}][subscription]`
    const found = inParameter(world, 'subscription', subscription.subscription, param)
    if (found.customer !== customer) {
      throw invalidRequest(
        `The subscription '${found.id}' does not belong to the customer '${customer}'.`,
        { param },
      )
    }
  }
  return {
    after_completion: {
      hosted_confirmation: null,
      redirect: data.after_completion?.redirect ?? null,
      type: data.after_completion?.type ?? 'portal_homepage',
    },
    customer_update: null,
    subscription_cancel:
      data.subscription_cancel === undefined
        ? null
        : { retention: null, subscription: data.subscription_cancel.subscription },
    subscription_pause: null,
    subscription_update: data.subscription_update ?? null,
    subscription_update_confirm: null,
    type: data.type,
  }
}
