import { expect, it } from 'vitest'
import { createSandbox } from '../../../src/sandbox/index.ts'
import { ok } from '../support/call.ts'

it('lives', async () => {
  const s = await createSandbox({ seed: 'x', now: '2026-01-31T10:00:00Z' })
  const c = await ok(s, 'POST', '/v1/customers', { payment_method: 'pm_card_visa', invoice_settings: { default_payment_method: 'pm_card_visa' } })
  const p = await ok(s, 'POST', '/v1/products', { name: 'Pro' })
  const price = await ok(s, 'POST', '/v1/prices', { product: p.id, unit_amount: 1500, currency: 'usd', recurring: { interval: 'month' } })
  const sub = await ok(s, 'POST', '/v1/subscriptions', { customer: c.id, items: [{ price: price.id }] })
  await s.advance({ days: 70 })
  for (const e of [...s.world.events.values()]) console.log(new Date(e.created * 1000).toISOString(), e.type, JSON.stringify(e.data.previous_attributes)?.slice(0, 200))
  expect(sub.status).toBe('active')
})
