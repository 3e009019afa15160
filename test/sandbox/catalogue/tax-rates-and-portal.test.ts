import { describe, expect, it } from 'vitest'
import { createSandbox } from '../../../src/sandbox/index.ts'
import { eventsOf, good, refused, typesOf } from './judged.ts'

const NOW = '2026-01-31T12:00:00Z'

describe('tax rates', () => {
  it('keep their percentage and can be archived', async () => {
    const sandbox = await createSandbox({ now: NOW })
    const { id } = await good(sandbox, 'POST', '/v1/tax_rates', {
      display_name: 'VAT',
      inclusive: true,
      percentage: 19,
      country: 'DE',
      tax_type: 'vat',
    })
    const after = await good(sandbox, 'POST', `/v1/tax_rates/${id}`, { active: false })
    expect(after).toMatchObject({ active: false, percentage: 19 })
    expect(typesOf(sandbox)).toEqual(['tax_rate.created', 'tax_rate.updated'])
    expect((await good(sandbox, 'GET', '/v1/tax_rates', { active: true })).data).toEqual([])
    const error = await refused(sandbox, 'POST', `/v1/tax_rates/${id}`, { percentage: 20 })
    expect(error.code).toBe('parameter_unknown')
  })
})

describe('portal configurations', () => {
  it('start with a default one that nobody is told of', async () => {
    const sandbox = await createSandbox({ now: NOW })
    const { data } = await good(sandbox, 'GET', '/v1/billing_portal/configurations')
    expect(data).toHaveLength(1)
    expect(data[0]).toMatchObject({ is_default: true, active: true })
    expect(eventsOf(sandbox)).toEqual([])
  })

  it('keep what an update does not mention', async () => {
    const sandbox = await createSandbox({ now: NOW })
    const created = await good(sandbox, 'POST', '/v1/billing_portal/configurations', {
      business_profile: {
        headline: 'created by the Stripe CLI',
        privacy_policy_url: 'https://www.example.com',
      },
      features: { subscription_cancel: { enabled: true, mode: 'immediately' } },
    })
    const path = `/v1/billing_portal/configurations/${created.id}`
    const after = await good(sandbox, 'POST', path, {
      features: { invoice_history: { enabled: true } },
      business_profile: { headline: '' },
    })
    expect(after.features.subscription_cancel).toMatchObject({ enabled: true, mode: 'immediately' })
    expect(after.features.invoice_history.enabled).toBe(true)
    expect(after.business_profile).toEqual({
      headline: null,
      privacy_policy_url: 'https://www.example.com',
      terms_of_service_url: null,
    })
    expect(typesOf(sandbox)).toEqual([
      'billing_portal.configuration.created',
      'billing_portal.configuration.updated',
    ])
  })

  it('offer prices to switch to, shown to who expands them', async () => {
    const sandbox = await createSandbox({ now: NOW })
    const product = await good(sandbox, 'POST', '/v1/products', {
      name: 'Pro',
      default_price_data: { currency: 'usd', unit_amount: 100, recurring: { interval: 'month' } },
    })
    const offer = { product: product.id, prices: [product.default_price] }
    const { id } = await good(sandbox, 'POST', '/v1/billing_portal/configurations', {
      features: {
        subscription_update: {
          enabled: true,
          default_allowed_updates: ['price'],
          products: [offer],
        },
      },
    })
    const expanded = await good(sandbox, 'GET', `/v1/billing_portal/configurations/${id}`, {
      expand: ['features.subscription_update.products'],
    })
    expect(expanded.features.subscription_update.products[0]).toMatchObject(offer)
  })
})
