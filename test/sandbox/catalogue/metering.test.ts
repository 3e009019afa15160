import { describe, expect, it } from 'vitest'
import { createSandbox } from '../../../src/sandbox/index.ts'
import { meterUsage } from '../../../src/sandbox/resources/meters/index.ts'
import { describeViolation, validateAnswer, validateEvent } from '../judges/sdk-schema.ts'
import { good, postJson, refused, typesOf } from './judged.ts'

const NOW = '2026-01-31T12:00:00Z'
const SECONDS = Date.parse(NOW) / 1_000
const HOUR = 3_600
const DAY = 86_400

/** A customer as it is before anything is known of it; metering asks only that it is there. */
function customerIn(sandbox: Awaited<ReturnType<typeof createSandbox>>, id = 'cus_1'): string {
  sandbox.world.insert('customer', { id, object: 'customer', created: SECONDS } as never)
  return id
}

async function metered(formula: 'sum' | 'count' | 'last' = 'sum') {
  const sandbox = await createSandbox({ seed: 'metering', now: NOW })
  const customer = customerIn(sandbox)
  const meter = await good(sandbox, 'POST', '/v1/billing/meters', {
    display_name: 'API calls',
    event_name: 'api_call',
    default_aggregation: { formula },
  })
  const use = async (value: string, more: Record<string, unknown> = {}) =>
    good(sandbox, 'POST', '/v1/billing/meter_events', {
      event_name: 'api_call',
      payload: { stripe_customer_id: customer, value },
      ...more,
    })
  const usage = (start = SECONDS - DAY, end = SECONDS + DAY) =>
    meterUsage(sandbox.world, { meter: meter.id, customer, start, end })
  return { sandbox, customer, meter, use, usage }
}

async function streamed(
  sandbox: Awaited<ReturnType<typeof createSandbox>>,
  events: readonly unknown[],
) {
  const session = await postJson(sandbox, '/v2/billing/meter_event_session', {})
  expect(
    validateAnswer({
      method: 'POST',
      path: '/v2/billing/meter_event_session',
      ...session,
    }).map(describeViolation),
  ).toEqual([])
  const answer = await postJson(
    sandbox,
    '/v2/billing/meter_event_stream',
    { events },
    session.body.authentication_token,
  )
  return { answer, token: session.body.authentication_token as string }
}

describe('meters', () => {
  it('are made, renamed, put away and taken up again with an event each', async () => {
    const { sandbox, meter } = await metered()
    const path = `/v1/billing/meters/${meter.id}`
    await good(sandbox, 'POST', path, { display_name: 'Calls' })
    const inactive = await good(sandbox, 'POST', `${path}/deactivate`)
    expect(inactive).toMatchObject({
      status: 'inactive',
      status_transitions: { deactivated_at: SECONDS },
    })
    expect((await refused(sandbox, 'POST', `${path}/deactivate`)).status).toBe(400)
    await good(sandbox, 'POST', `${path}/reactivate`)
    expect(typesOf(sandbox)).toEqual([
      'billing.meter.created',
      'billing.meter.updated',
      'billing.meter.deactivated',
      'billing.meter.reactivated',
    ])
  })

  it('listen to one event name each while active', async () => {
    const { sandbox, meter } = await metered()
    const again = {
      display_name: 'x',
      event_name: 'api_call',
      default_aggregation: { formula: 'sum' },
    }
    expect((await refused(sandbox, 'POST', '/v1/billing/meters', again)).param).toBe('event_name')
    await good(sandbox, 'POST', `/v1/billing/meters/${meter.id}/deactivate`)
    await good(sandbox, 'POST', '/v1/billing/meters', again)
  })
})

describe('meter events', () => {
  it('add up exactly, decimals and corrections included', async () => {
    const { use, usage } = await metered()
    for (const value of ['0.1', '0.2', '10', '-1']) await use(value)
    expect(usage()).toBe('9.3')
  })

  it('count whatever their value, where the meter counts', async () => {
    const { use, usage } = await metered('count')
    for (const value of ['5', 'anything']) await use(value)
    expect(usage()).toBe('2')
  })

  it('leave the value of the latest usage, not of the latest arrival, where the meter takes the last', async () => {
    const { use, usage } = await metered('last')
    await use('7', { timestamp: SECONDS - 10 })
    await use('3', { timestamp: SECONDS - 20 })
    expect(usage()).toBe('7')
    expect(usage(SECONDS, SECONDS + DAY)).toBe('0')
  })

  it('belong to the period their timestamp is in, its end excluded', async () => {
    const { use, usage } = await metered()
    await use('1', { timestamp: SECONDS })
    await use('2', { timestamp: SECONDS + 60 })
    expect(usage(SECONDS, SECONDS + 60)).toBe('1')
    expect(usage(SECONDS, SECONDS + 61)).toBe('3')
  })

  it('are taken once per identifier for a day', async () => {
    const { sandbox, customer, use, usage } = await metered()
    const event = {
      event_name: 'api_call',
      identifier: 'once',
      payload: { stripe_customer_id: customer, value: '1' },
    }
    await use('1', { identifier: 'once' })
    await sandbox.advance({ seconds: DAY - 1 })
    const error = await refused(sandbox, 'POST', '/v1/billing/meter_events', event)
    expect(error.param).toBe('identifier')
    await sandbox.advance({ seconds: 1 })
    await use('1', { identifier: 'once' })
    expect(usage(SECONDS, SECONDS + 2 * DAY)).toBe('2')
  })

  it.each([
    [{ timestamp: SECONDS - 35 * DAY }, null],
    [{ timestamp: SECONDS - 35 * DAY - 1 }, 'timestamp_too_far_in_past'],
    [{ timestamp: SECONDS + 300 }, null],
    [{ timestamp: SECONDS + 301 }, 'timestamp_in_future'],
    [{ event_name: 'other' }, 'no_meter'],
    [{ payload: { value: '1' } }, 'meter_event_no_customer_defined'],
    [{ payload: { stripe_customer_id: 'cus_none', value: '1' } }, 'meter_event_customer_not_found'],
    [{ payload: { stripe_customer_id: 'cus_1', value: 'many' } }, 'meter_event_invalid_value'],
    [
      { payload: { stripe_customer_id: 'cus_1', value: '1234567890.123456' } },
      'meter_event_value_too_many_digits',
    ],
  ])('are checked at once: %j gives %s', async (change, code) => {
    const { sandbox, customer } = await metered()
    const event = {
      event_name: 'api_call',
      payload: { stripe_customer_id: customer, value: '1' },
      ...change,
    }
    if (code === null) await good(sandbox, 'POST', '/v1/billing/meter_events', event)
    else {
      expect((await refused(sandbox, 'POST', '/v1/billing/meter_events', event)).code).toBe(code)
    }
  })

  it('can be taken back within a day', async () => {
    const { sandbox, use, usage } = await metered()
    await use('5', { identifier: 'a' })
    await use('7', { identifier: 'b' })
    const cancel = (identifier: string) => ({
      event_name: 'api_call',
      type: 'cancel',
      cancel: { identifier },
    })
    await good(sandbox, 'POST', '/v1/billing/meter_event_adjustments', cancel('a'))
    expect(usage()).toBe('7')
    await sandbox.advance({ seconds: DAY + 1 })
    const path = '/v1/billing/meter_event_adjustments'
    expect((await refused(sandbox, 'POST', path, cancel('b'))).param).toBe('cancel[identifier]')
    expect(usage()).toBe('7')
  })

  it('come by /v2 as JSON too, with times as RFC 3339 writes them', async () => {
    const { sandbox, customer, usage } = await metered()
    const path = '/v2/billing/meter_events'
    const answer = await postJson(sandbox, path, {
      event_name: 'api_call',
      identifier: 'v2',
      timestamp: '2026-01-31T11:59:00.000Z',
      payload: { stripe_customer_id: customer, value: '4' },
    })
    expect(validateAnswer({ method: 'POST', path, ...answer }).map(describeViolation)).toEqual([])
    expect(answer.body.timestamp).toBe('2026-01-31T11:59:00.000Z')
    expect(usage(SECONDS - 60, SECONDS)).toBe('4')
    const adjusted = await postJson(sandbox, '/v2/billing/meter_event_adjustments', {
      event_name: 'api_call',
      type: 'cancel',
      cancel: { identifier: 'v2' },
    })
    expect(adjusted.status).toBe(200)
    expect(usage()).toBe('0')
  })
})

describe('event summaries', () => {
  it('sum the whole range, or each hour of it, newest first', async () => {
    const { sandbox, customer, meter, use } = await metered()
    await use('1', { timestamp: SECONDS - 2 * HOUR })
    await use('2.5', { timestamp: SECONDS - HOUR })
    await use('4', { timestamp: SECONDS - 1 })
    const path = `/v1/billing/meters/${meter.id}/event_summaries`
    const range = { customer, start_time: SECONDS - 2 * HOUR, end_time: SECONDS }
    const whole = await good(sandbox, 'GET', path, range)
    expect(whole.data).toMatchObject([
      { aggregated_value: 7.5, start_time: range.start_time, end_time: SECONDS },
    ])
    const hours = await good(sandbox, 'GET', path, { ...range, value_grouping_window: 'hour' })
    expect(hours.data.map((one: { aggregated_value: number }) => one.aggregated_value)).toEqual([
      6.5, 1,
    ])
    const next = await good(sandbox, 'GET', path, {
      ...range,
      value_grouping_window: 'hour',
      starting_after: hours.data[0].id,
    })
    expect(next.data).toEqual([hours.data[1]])
  })

  it('stand on whole minutes, or on whole hours or days where they are grouped', async () => {
    const { sandbox, customer, meter } = await metered()
    const path = `/v1/billing/meters/${meter.id}/event_summaries`
    const range = { customer, start_time: SECONDS - HOUR + 60, end_time: SECONDS }
    await good(sandbox, 'GET', path, range)
    const window = { ...range, value_grouping_window: 'hour' }
    expect((await refused(sandbox, 'GET', path, window)).param).toBe('start_time')
    const odd = { ...range, end_time: SECONDS + 1 }
    expect((await refused(sandbox, 'GET', path, odd)).param).toBe('end_time')
  })
})

describe('the meter event stream', () => {
  it('takes a session token, and no key, for 15 minutes', async () => {
    const { sandbox, customer, usage } = await metered()
    const event = { event_name: 'api_call', payload: { stripe_customer_id: customer, value: '1' } }
    const { answer, token } = await streamed(sandbox, [event])
    expect([answer.status, usage()]).toEqual([200, '1'])
    const byKey = await postJson(sandbox, '/v2/billing/meter_event_stream', { events: [event] })
    expect(byKey.status).toBe(401)
    await sandbox.advance({ minutes: 15 })
    const late = await postJson(
      sandbox,
      '/v2/billing/meter_event_stream',
      { events: [event] },
      token,
    )
    expect([late.status, late.body.error.type]).toEqual([401, 'temporary_session_expired'])
  })

  it('tells of events that cannot count in one report per meter, and counts the others', async () => {
    const { sandbox, customer, meter, usage } = await metered()
    const payload = { stripe_customer_id: customer, value: '1' }
    await streamed(sandbox, [
      { event_name: 'api_call', identifier: 'ok', payload },
      { event_name: 'api_call', identifier: 'ok', payload },
      { event_name: 'api_call', identifier: 'anonymous', payload: { value: '1' } },
      { event_name: 'api_call', identifier: 'wordy', payload: { ...payload, value: 'one' } },
      { event_name: 'unheard', identifier: 'lost', payload },
    ])
    expect(usage()).toBe('1')
    const { data } = await good(sandbox, 'GET', '/v2/core/events')
    expect(data.map(({ type }: { type: string }) => type)).toEqual([
      'v1.billing.meter.no_meter_found',
      'v1.billing.meter.error_report_triggered',
    ])
    for (const event of data) {
      expect(validateEvent(event).map(describeViolation)).toEqual([])
      expect(await good(sandbox, 'GET', `/v2/core/events/${event.id}`)).toEqual(event)
    }
    expect(data[1].related_object).toEqual({
      id: meter.id,
      type: 'billing.meter',
      url: `/v1/billing/meters/${meter.id}`,
    })
    expect(data[1].data.reason).toMatchObject({
      error_count: 2,
      error_types: [
        {
          code: 'meter_event_no_customer_defined',
          sample_errors: [{ request: { identifier: 'anonymous' } }],
        },
        { code: 'meter_event_invalid_value' },
      ],
    })
    expect(data[0].data.reason.error_types[0].code).toBe('no_meter')
  })

  it('pages thin events, and finds them by type and object', async () => {
    const { sandbox, meter } = await metered()
    for (let at = 0; at < 5; at += 1) {
      await streamed(sandbox, [{ event_name: 'api_call', payload: { value: '1' } }])
    }
    await streamed(sandbox, [{ event_name: 'unheard', payload: {} }])
    const seen: string[] = []
    let url: string | null = '/v2/core/events?limit=2'
    while (url !== null) {
      const page: { data: { id: string }[]; next_page_url: string | null } = await good(
        sandbox,
        'GET',
        url,
      )
      seen.push(...page.data.map(({ id }) => id))
      url = page.next_page_url
    }
    expect(new Set(seen).size).toBe(6)
    const of = await good(sandbox, 'GET', '/v2/core/events', { object_id: meter.id, limit: 10 })
    expect(of.data).toHaveLength(5)
    const none = await good(sandbox, 'GET', '/v2/core/events', {
      types: ['v1.billing.meter.no_meter_found'],
    })
    expect(none.data).toHaveLength(1)
  })
})
