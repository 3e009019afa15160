import { createSandbox, type Sandbox, type SandboxOptions } from '../../../src/sandbox/index.ts'
import { good } from '../catalogue/judged.ts'

export const NOW = '2026-01-31T12:00:00Z'
export const SECONDS = Date.parse(NOW) / 1_000
export const DAY = 86_400

/** A sandbox whose time stands still, with one customer who pays by `method`. */
export async function shop(
  method: string | null = 'pm_card_visa',
  options: SandboxOptions & { readonly customer?: Record<string, unknown> } = {},
) {
  const { customer: fields = {}, ...rest } = options
  const sandbox = await createSandbox({ seed: 'invoicing', now: NOW, ...rest })
  const customer = await good(sandbox, 'POST', '/v1/customers', {
    email: 'ada@example.com',
    ...(method === null
      ? {}
      : { payment_method: method, invoice_settings: { default_payment_method: method } }),
    ...fields,
  })
  return { sandbox, customer: customer.id as string, since: mark(sandbox) }
}

/** The types of events from now on. */
export function mark(sandbox: Sandbox) {
  let from = sandbox.world.events.size
  return () => {
    const types = [...sandbox.world.events.values()].slice(from).map(({ type }) => type)
    from = sandbox.world.events.size
    return types
  }
}

/** A draft invoice of items with these amounts in minor units. */
export async function draft(
  sandbox: Sandbox,
  customer: string,
  amounts: readonly (number | Record<string, unknown>)[],
  params: Record<string, unknown> = {},
) {
  for (const amount of amounts) {
    await good(sandbox, 'POST', '/v1/invoiceitems', {
      customer,
      currency: 'usd',
      ...(typeof amount === 'number' ? { amount } : amount),
    })
  }
  return good(sandbox, 'POST', '/v1/invoices', {
    customer,
    pending_invoice_items_behavior: 'include',
    ...params,
  })
}

/** What became of an object, by its last event of a type. */
export function last(sandbox: Sandbox, type: string) {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  return [...sandbox.world.events.values()].filter((event) => event.type === type).at(-1) as any
}
