import type { Includables } from '../../protocol/expand.ts'
import type { Customer } from '../../tables.ts'

/** What a customer shows only to who expands it. */
export const customerIncludables: Includables = {
  customer: {
    sources: (world, { id }: Customer) =>
      embedded(`/v1/customers/${id}/sources`, world.where('card', 'customer', id).reverse()),
    subscriptions: (world, { id }: Customer) =>
      embedded(
        `/v1/subscriptions?customer=${id}`,
        world
          .where('subscription', 'customer', id)
          .filter(({ ended_at: ended }) => ended === null)
          .reverse(),
      ),
    tax: (_world, customer: Customer) => ({
      automatic_tax:
        (customer.address?.country ?? null) === null ? 'unrecognized_location' : 'supported',
      ip_address: null,
      location:
        (customer.address?.country ?? null) === null
          ? null
          : {
              country: customer.address?.country,
              source: 'billing_address',
              state: customer.address?.state ?? null,
            },
      provider: 'stripe',
    }),
    tax_ids: (_world, { id }: Customer) => embedded(`/v1/customers/${id}/tax_ids`, []),
    invoice_credit_balance: (_world, customer: Customer) =>
      customer.balance === 0 || (customer.currency ?? null) === null
        ? {}
        : { [customer.currency ?? '']: -customer.balance },
    cash_balance: () => null,
  },
}

function embedded(url: string, data: readonly unknown[]) {
  return { object: 'list', data: data.slice(0, 10), has_more: data.length > 10, url }
}
