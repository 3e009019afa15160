import { describe, expect, it } from 'vitest'
import { createSandbox } from '../../../src/sandbox/index.ts'
import { applyCredits } from '../../../src/sandbox/resources/billing-credits/apply-credits.ts'
import { good, refused, typesOf } from './judged.ts'

const NOW = '2026-01-01T00:00:00Z'
const SECONDS = Date.parse(NOW) / 1_000

async function granted() {
  const sandbox = await createSandbox({ seed: 'credits', now: NOW })
  const { id: customer } = await good(sandbox, 'POST', '/v1/customers', {})
  const meter = await good(sandbox, 'POST', '/v1/billing/meters', {
    display_name: 'API calls',
    event_name: 'api_call',
    default_aggregation: { formula: 'sum' },
  })
  const price = async (recurring: Record<string, unknown>) => {
    const { id } = await good(sandbox, 'POST', '/v1/prices', {
      currency: 'usd',
      unit_amount: 1,
      product_data: { name: 'Calls' },
      recurring: { interval: 'month', ...recurring },
    })
    return id as string
  }
  const metered = await price({ usage_type: 'metered', meter: meter.id })
  const licensed = await price({})
  const grant = async (value: number, more: Record<string, unknown> = {}) =>
    good(sandbox, 'POST', '/v1/billing/credit_grants', {
      customer,
      amount: { type: 'monetary', monetary: { currency: 'usd', value } },
      applicability_config: { scope: { price_type: 'metered' } },
      ...more,
    })
  const left = async () => {
    const { balances } = await good(sandbox, 'GET', '/v1/billing/credit_balance_summary', {
      customer,
      filter: { type: 'applicability_scope', applicability_scope: { price_type: 'metered' } },
    })
    return balances[0]?.available_balance.monetary.value ?? 0
  }
  const apply = (lines: readonly { price: string; amount: number }[], invoice = 'in_1') =>
    applyCredits(sandbox.world, {
      customer,
      currency: 'usd',
      invoice,
      lines: lines.map((line, at) => ({ id: `il_${String(at)}`, ...line })),
    }).map(({ line, amount }) => [line, amount])
  return { sandbox, customer: customer as string, metered, licensed, grant, left, apply }
}

describe('credit grants', () => {
  it('count at once, or from the time set', async () => {
    const { sandbox, grant, left } = await granted()
    await grant(1000)
    await grant(500, { effective_at: SECONDS + 86_400 })
    expect(await left()).toBe(1000)
    await sandbox.advance({ days: 1 })
    expect(await left()).toBe(1500)
    expect(typesOf(sandbox).filter((type) => type.startsWith('billing.credit'))).toEqual([
      'billing.credit_grant.created',
      'billing.credit_balance_transaction.created',
      'billing.credit_grant.created',
      'billing.credit_balance_transaction.created',
    ])
  })

  it('lapse at their end, and can be ended or voided before it', async () => {
    const { sandbox, grant, left } = await granted()
    await grant(1000, { expires_at: SECONDS + 3_600 })
    await sandbox.advance({ hours: 1 })
    expect(await left()).toBe(0)
    const path = '/v1/billing/credit_grants'
    const second = await grant(700)
    await good(sandbox, 'POST', `${path}/${second.id}/expire`)
    expect(await left()).toBe(0)
    const third = await grant(300)
    expect((await good(sandbox, 'POST', `${path}/${third.id}/void`)).voided_at).toBe(
      SECONDS + 3_600,
    )
    expect(await left()).toBe(0)
    expect((await refused(sandbox, 'POST', `${path}/${third.id}/void`)).status).toBe(400)
    const { data } = await good(sandbox, 'GET', '/v1/billing/credit_balance_transactions')
    const debits = data.flatMap((one: { debit: { type: string } | null }) => one.debit?.type ?? [])
    expect(debits).toEqual(['credits_voided', 'credits_expired', 'credits_expired'])
  })

  it('pay metered lines only, the more urgent grant first, and no more than there is', async () => {
    const { metered, licensed, grant, left, apply } = await granted()
    await grant(600)
    await grant(300, { expires_at: SECONDS + 86_400, category: 'promotional' })
    expect(apply([{ price: licensed, amount: 500 }])).toEqual([])
    expect(apply([{ price: metered, amount: 400 }])).toEqual([
      ['il_0', 300],
      ['il_0', 100],
    ])
    expect(await left()).toBe(500)
    expect(apply([{ price: metered, amount: 900 }])).toEqual([['il_0', 500]])
    expect(await left()).toBe(0)
  })

  it('come back when the invoice is voided, and cannot be voided once used', async () => {
    const { sandbox, customer, metered, grant, left, apply } = await granted()
    const { id } = await grant(600)
    const item = { customer, amount: 400, currency: 'usd' }
    await good(sandbox, 'POST', '/v1/invoiceitems', item)
    const invoice = await good(sandbox, 'POST', '/v1/invoices', {
      customer,
      pending_invoice_items_behavior: 'include',
    })
    await good(sandbox, 'POST', `/v1/invoices/${invoice.id}/finalize`)
    apply([{ price: metered, amount: 400 }], invoice.id)
    const error = await refused(sandbox, 'POST', `/v1/billing/credit_grants/${id}/void`)
    expect(error.status).toBe(400)
    expect(await left()).toBe(200)
    await good(sandbox, 'POST', `/v1/invoices/${invoice.id}/void`)
    expect(await left()).toBe(600)
  })

  it.each([
    [{ expires_at: SECONDS - 1 }, 'expires_at'],
    [{ customer: 'cus_none' }, 'customer'],
    [
      { applicability_config: { scope: { price_type: 'metered', prices: [{ id: 'x' }] } } },
      'applicability_config[scope]',
    ],
    [{ colour: 'red' }, 'colour'],
  ])('refuse %j', async (change, param) => {
    const { sandbox, customer } = await granted()
    const error = await refused(sandbox, 'POST', '/v1/billing/credit_grants', {
      customer,
      amount: { type: 'monetary', monetary: { currency: 'usd', value: 5 } },
      applicability_config: { scope: { price_type: 'metered' } },
      ...change,
    })
    expect(error.param).toBe(param)
  })
})
