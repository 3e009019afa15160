import { mergeMetadata } from '../../protocol/parameters.ts'
import type { PaymentLink } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import {
  afterCompletion,
  automaticTax,
  customText,
  invoiceCreation,
  subscriptionData,
} from './create-payment-link.ts'
import type { LinkUpdate } from './link-parameters.ts'

export function updatePaymentLink(
  world: World,
  link: PaymentLink,
  update: LinkUpdate,
): PaymentLink {
  const {
    after_completion: after,
    automatic_tax: tax,
    custom_text: texts,
    invoice_creation: invoice,
    metadata,
    restrictions,
    subscription_data: subscription,
    tax_id_collection: taxIds,
    ...plain
  } = update
  const limit = restrictions?.completed_sessions.limit
  const fields = Object.fromEntries(
    Object.entries(plain).filter(([, value]) => value !== undefined),
  ) as Partial<PaymentLink>
  return world.change(
    'payment_link',
    link.id,
    {
      ...fields,
      ...(after === undefined ? {} : { after_completion: afterCompletion(update) }),
      ...(tax === undefined ? {} : { automatic_tax: automaticTax(update) }),
      ...(texts === undefined ? {} : { custom_text: customText(update) }),
      ...(invoice === undefined ? {} : { invoice_creation: invoiceCreation(update) }),
      ...(subscription === undefined ? {} : { subscription_data: subscriptionData(update) }),
      ...(taxIds === undefined
        ? {}
        : { tax_id_collection: { enabled: taxIds.enabled, required: taxIds.required ?? 'never' } }),
      ...(restrictions === undefined
        ? {}
        : {
            restrictions:
              limit === undefined
                ? null
                : {
                    completed_sessions: {
                      count: link.restrictions?.completed_sessions.count ?? 0,
                      limit,
                    },
                  },
          }),
      metadata: mergeMetadata(link.metadata, metadata),
    },
    'payment_link.updated',
  )
}
