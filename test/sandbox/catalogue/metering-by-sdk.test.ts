import Stripe from 'stripe'
import { describe, expect, it } from 'vitest'
import { createSandbox } from '../../../src/sandbox/index.ts'

describe("metering by Stripe's own SDK", () => {
  it('opens a session, streams, and finds the report of what could not count', async () => {
    const sandbox = await createSandbox({ seed: 'sdk', now: '2026-01-01T00:00:00Z' })
    const options = {
      httpClient: Stripe.createFetchHttpClient(async (input, init) =>
        sandbox.fetch(new Request(input, init)),
      ),
      host: 'sandbox.invalid',
      protocol: 'http' as const,
      telemetry: false,
    }
    const stripe = new Stripe('sk_test_localsandbox1', options)
    const customer = await stripe.customers.create({ email: 'a@example.com' })
    const meter = await stripe.billing.meters.create({
      display_name: 'API calls',
      event_name: 'api_call',
      default_aggregation: { formula: 'sum' },
    })
    const payload = { stripe_customer_id: customer.id, value: '2.5' }
    await stripe.v2.billing.meterEvents.create({
      event_name: 'api_call',
      payload,
      timestamp: '2025-12-31T23:30:00.000Z',
    })
    const session = await stripe.v2.billing.meterEventSession.create()
    const streaming = new Stripe(session.authentication_token, options)
    await streaming.v2.billing.meterEventStream.create({
      events: [
        { event_name: 'api_call', payload },
        { event_name: 'api_call', payload: { value: '1' } },
      ],
    })
    const summaries = await stripe.billing.meters.listEventSummaries(meter.id, {
      customer: customer.id,
      start_time: Date.parse('2025-12-31T23:00:00Z') / 1_000,
      end_time: Date.parse('2026-01-01T01:00:00Z') / 1_000,
      value_grouping_window: 'hour',
    })
    expect(summaries.data.map((summary) => summary.aggregated_value)).toEqual([2.5, 2.5])
    const types = ['v1.billing.meter.error_report_triggered', 'v1.billing.meter.no_meter_found']
    const found: string[] = []
    for await (const event of stripe.v2.core.events.list({ types, limit: 1 })) {
      found.push(event.type)
      const whole = await stripe.v2.core.events.retrieve(event.id)
      if (whole.type !== 'v1.billing.meter.error_report_triggered') continue
      expect(whole.data.reason.error_types[0]?.code).toBe('meter_event_no_customer_defined')
      expect((await whole.fetchRelatedObject()).id).toBe(meter.id)
    }
    expect(found).toEqual(['v1.billing.meter.error_report_triggered'])
    const since = await stripe.v2.core.events.list({
      types: [types[0] ?? ''],
      created: { gte: Date.parse('2026-01-01T00:00:00Z') / 1_000 },
    })
    expect(since.data).toHaveLength(1)
  })
})
