import type { NeedType } from '../core/decision.ts'
import type { Scope } from '../core/fact.ts'
import type { JsonHash } from './json.ts'
import { completeList, restOfList, type ListPlace, type Whole } from './pages.ts'
import type { Get } from './request.ts'

/** How one object is read whole. */
export type ReadPlan = (get: Get, scope: Scope, id: string) => Promise<Whole>

export const READ_PLANS: Readonly<Record<NeedType, ReadPlan>> = {
  checkout_session: plan('checkout/sessions', {
    list: 'line_items',
    expand: true,
    rest: (path) => ({ endpoint: 'line_items', path: `${path}/line_items` }),
  }),
  subscription: plan('subscriptions', {
    list: 'items',
    rest: (_path, id) => ({
      endpoint: 'subscription_items',
      path: '/v1/subscription_items',
      query: { subscription: id },
    }),
  }),
  invoice: plan(
    'invoices',
    { list: 'lines', rest: (path) => ({ endpoint: 'invoice_lines', path: `${path}/lines` }) },
    {
      list: 'payments',
      expand: true,
      rest: (_path, id) => ({
        endpoint: 'invoice_payments',
        path: '/v1/invoice_payments',
        query: { invoice: id },
      }),
    },
  ),
  payment_intent: plan('payment_intents'),
  charge: plan('charges', {
    // The refunds that explain its amount_refunded; no longer in the payload since 2022-11-15.
    list: 'refunds',
    expand: true,
    rest: (_path, id) => ({ endpoint: 'refunds', path: '/v1/refunds', query: { charge: id } }),
  }),
  refund: plan('refunds'),
  dispute: plan('disputes'),
  customer: plan('customers'),
  entitlement_summary: readEntitlements,
}

interface EmbeddedList {
  list: string
  expand?: boolean
  rest: (path: string, id: string) => ListPlace
}

function plan(resource: string, ...lists: EmbeddedList[]): ReadPlan {
  const expands = lists.filter((list) => list.expand === true)
  const query = new URLSearchParams(
    expands.map(({ list }) => ['expand[]', list] as [string, string]),
  )
  return async (get, scope, id) => {
    const path = `/v1/${resource}/${encodeURIComponent(id)}`
    const answer = await get(resource, expands.length > 0 ? `${path}?${query}` : path, scope)
    if (answer.kind !== 'ok') return answer
    let json: JsonHash = answer.json
    for (const { list, rest } of lists) {
      const whole = await completeList(get, scope, json, list, rest(path, id))
      if (whole.kind !== 'ok') return whole
      json = whole.json
    }
    return { kind: 'ok', json }
  }
}

/** There is no summary to retrieve: the list of a customer's active entitlements is the summary. */
async function readEntitlements(get: Get, scope: Scope, customer: string): Promise<Whole> {
  const list = await restOfList(get, scope, {
    endpoint: 'entitlements',
    path: '/v1/entitlements/active_entitlements',
    query: { customer },
  })
  if (list.kind !== 'ok') return list
  return {
    kind: 'ok',
    json: { object: 'proviso.entitlements', customer, data: list.entries, has_more: false },
  }
}
