import { describe, expect, it } from 'vitest'
import { judge } from '../../../scripts/conformance/findings.ts'
import { usesOlderParameters } from '../../../scripts/conformance/legacy.ts'
import type { Exchange } from '../../../scripts/conformance/recording-proxy.ts'
import { billingTriggers, expectedEvents } from '../../../scripts/conformance/triggers.ts'
import { sampleCustomer, sampleEvent, sampleSubscription } from './samples.ts'

function exchange(method: string, path: string, body: unknown, status = 200): Exchange {
  return { method, path, parameters: [], sent: '', status, body }
}

const posted = (path: string, sent: string): Exchange => ({
  ...exchange('POST', path, {}),
  sent,
  parameters: [...new URLSearchParams(sent).keys()].map((name) => name.split('[')[0] ?? ''),
})

const wrongCustomer = { ...sampleCustomer(), colour: 'red' }

describe('what a conformance run finds', () => {
  it('is nothing in answers and events as Stripe gives them', () => {
    const answers = [
      exchange('GET', '/v1/customers/cus_1', sampleCustomer()),
      exchange('GET', '/v1/payment_pages/cs_1', { anything: 'goes' }),
    ]
    const events = [sampleEvent('customer.created', sampleCustomer())]
    expect(judge(answers, events, [])).toEqual({
      answersJudged: 1,
      eventsJudged: 1,
      violations: [],
      unknownRoutes: [],
      unknownEventTypes: [],
      otherVersions: 0,
      repeatedIds: [],
    })
  })

  it('is told once, however often it was met and at whatever place of a list', () => {
    const data = [wrongCustomer, wrongCustomer]
    const list = { object: 'list', data, has_more: false, url: '/v1/customers' }
    const events = [sampleEvent('customer.created', wrongCustomer)]
    const { violations } = judge([exchange('GET', '/v1/customers', list)], events, [])
    expect(violations).toEqual([
      {
        object: 'customer',
        field: 'colour',
        expected: 'no such field',
        count: 3,
        example: { where: 'GET /v1/customers → 200', path: 'data[0].colour', got: '"red"' },
      },
    ])
  })

  it('names routes and types that Stripe does not have, and ids that came twice', () => {
    const events = [
      sampleEvent('customer.renamed', sampleCustomer()),
      sampleEvent('customer.created', sampleCustomer()),
    ]
    const refused = exchange(
      'GET',
      '/v1/refused',
      { error: { type: 'api_error', message: '' } },
      404,
    )
    const found = judge([exchange('GET', '/v1/own', {}), refused], events, [])
    expect(found.unknownRoutes).toEqual(['GET /v1/own', 'GET /v1/refused'])
    expect(found.unknownEventTypes).toEqual(['customer.renamed'])
    expect(found.repeatedIds).toEqual(['evt_1'])
  })

  it('counts events of another version, whose objects no judge has looked at', () => {
    const event = {
      ...sampleEvent('customer.created', sampleCustomer()),
      api_version: '2024-06-20',
    }
    expect(judge([], [event], [])).toMatchObject({ otherVersions: 1, violations: [] })
  })

  it('judges what Stripe does not document by its refusals only', () => {
    const refused = exchange('POST', '/v1/payment_pages/cs_1/confirm', { message: 'no' }, 400)
    expect(judge([refused], [], [])).toMatchObject({ answersJudged: 1, unknownRoutes: [] })
    expect(judge([refused], [], []).violations).not.toEqual([])
  })

  it('leaves answers in an older version alone', () => {
    const old = { ...exchange('GET', '/v1/subscriptions/sub_1', {}), version: '2024-06-20' }
    expect(judge([old], [], []).answersJudged).toBe(0)
    const current = { ...old, version: '2026-10-28.endive', body: sampleSubscription() }
    expect(judge([current], [], [])).toMatchObject({ answersJudged: 1, violations: [] })
  })
})

describe('the triggers', () => {
  const help = `Supported events:
  account.updated
  coupon.created
  issuing_card.created.eu
  payment_intent.created
  payout.created
  transfer.created

Usage:
  stripe trigger <event> [flags]
`

  it('are those of the CLI that are about billing', () => {
    expect(billingTriggers(help)).toEqual(['coupon.created', 'payment_intent.created'])
    expect(() => billingTriggers('Usage:')).toThrow(/no supported events/)
  })

  it('bring about the event that they are called by, or what they stand for', () => {
    expect(expectedEvents('coupon.created')).toEqual(['coupon.created'])
    expect(expectedEvents('subscription.payment_failed')).toContain('invoice.payment_failed')
  })

  it('are told by their parameters whether they are written for an older version', () => {
    expect(usesOlderParameters([posted('/v1/customers', 'email=a&metadata[a]=b')])).toBe(false)
    expect(usesOlderParameters([posted('/v1/customers', 'coupon=half')])).toBe(true)
    const phase = 'phases%5B0%5D%5Biterations%5D=1'
    expect(usesOlderParameters([posted('/v1/subscription_schedules', phase)])).toBe(true)
  })
})
