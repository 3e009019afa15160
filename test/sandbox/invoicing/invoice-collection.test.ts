import { describe, expect, it } from 'vitest'
import type { Sandbox } from '../../../src/sandbox/index.ts'
import { eventsOf, good, refused } from '../catalogue/judged.ts'
import { ok } from '../support/call.ts'
import { DAY, draft, last, SECONDS, shop } from './shop.ts'

async function changeCard(sandbox: Sandbox, customer: string, method: string): Promise<void> {
  const { id } = await good(sandbox, 'POST', `/v1/payment_methods/${method}/attach`, { customer })
  await good(sandbox, 'POST', `/v1/customers/${customer}`, {
    invoice_settings: { default_payment_method: id },
  })
}

describe('an invoice that advances by itself', () => {
  it('is finalised and paid after an hour', async () => {
    const { sandbox, customer, since } = await shop()
    const invoice = await draft(sandbox, customer, [2_000], { auto_advance: true })
    expect(invoice).toMatchObject({
      automatically_finalizes_at: SECONDS + 3_600,
      next_payment_attempt: SECONDS + 3_600,
    })
    since()
    await sandbox.advance({ seconds: 3_599 })
    expect(since()).toEqual([])
    await sandbox.advance({ seconds: 1 })
    expect(since()).toEqual([
      'customer.updated',
      'invoice.finalized',
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.succeeded',
      'invoice.updated',
      'invoice.paid',
      'invoice.payment_succeeded',
      'invoice_payment.paid',
    ])
    const paid = last(sandbox, 'invoice.paid')
    expect(paid.created).toBe(SECONDS + 3_600)
    expect(paid.request).toEqual({ id: null, idempotency_key: null })
    expect(paid.data.object).toMatchObject({
      status: 'paid',
      status_transitions: { finalized_at: SECONDS + 3_600, paid_at: SECONDS + 3_600 },
    })
    eventsOf(sandbox)
  })

  it('is sent after an hour where it is one to send', async () => {
    const { sandbox, customer, since } = await shop()
    await draft(sandbox, customer, [2_000], {
      auto_advance: true,
      collection_method: 'send_invoice',
      days_until_due: 5,
    })
    since()
    await sandbox.advance({ hours: 1 })
    expect(since()).toEqual([
      'customer.updated',
      'invoice.finalized',
      'payment_intent.created',
      'invoice.sent',
    ])
  })

  it('is tried again eight times in two weeks, and then no more', async () => {
    const { sandbox, customer, since } = await shop('pm_card_chargeCustomerFail')
    const { id } = await draft(sandbox, customer, [2_000], { auto_advance: true })
    await sandbox.advance({ hours: 1 })
    const first = SECONDS + 3_600
    const seen: unknown[] = []
    for (const days of [1, 3, 5, 7, 9, 11, 13, 14]) {
      const invoice = await ok(sandbox, 'GET', `/v1/invoices/${id}`)
      seen.push([invoice.attempt_count, invoice.next_payment_attempt - first])
      since()
      await sandbox.advance({ seconds: first + days * DAY - sandbox.world.now() })
      expect(since()).toEqual([
        'charge.failed',
        'payment_intent.payment_failed',
        'invoice.payment_failed',
        'invoice.updated',
      ])
    }
    expect(seen).toEqual([
      [1, 1 * DAY],
      [2, 3 * DAY],
      [3, 5 * DAY],
      [4, 7 * DAY],
      [5, 9 * DAY],
      [6, 11 * DAY],
      [7, 13 * DAY],
      [8, 14 * DAY],
    ])
    const final = await good(sandbox, 'GET', `/v1/invoices/${id}`)
    expect(final).toMatchObject({ attempt_count: 9, next_payment_attempt: null, status: 'open' })
    await sandbox.advance({ days: 60 })
    expect(since()).toEqual([])
    eventsOf(sandbox)
  })

  it('becomes uncollectible after the last retry where the account says so', async () => {
    const { sandbox, customer } = await shop('pm_card_chargeCustomerFail', {
      settings: { invoiceAfterRetries: 'uncollectible', retryDays: [1] },
    })
    const { id } = await draft(sandbox, customer, [2_000], { auto_advance: true })
    await sandbox.advance({ days: 2 })
    expect(await good(sandbox, 'GET', `/v1/invoices/${id}`)).toMatchObject({
      status: 'uncollectible',
      status_details: { uncollectible: { reason: 'max_payment_attempts' } },
    })
    // By dunning, the customer stays delinquent (SDK, `delinquent`).
    expect((await ok(sandbox, 'GET', `/v1/customers/${customer}`)).delinquent).toBe(true)
  })

  it('is not tried with a card that the bank refused for good, until another comes', async () => {
    const { sandbox, customer, since } = await shop('pm_card_visa_chargeCustomerFailStolenCard', {
      settings: { retryDays: [3, 5] },
    })
    const { id } = await draft(sandbox, customer, [2_000], { auto_advance: true })
    await sandbox.advance({ hours: 1 })
    since()
    await sandbox.advance({ days: 3 })
    // Retries go on being scheduled and counted (stripe-facts row 42).
    expect(since()).toEqual(['invoice.updated'])
    expect(await good(sandbox, 'GET', `/v1/invoices/${id}`)).toMatchObject({
      attempt_count: 2,
      next_payment_attempt: SECONDS + 3_600 + 5 * DAY,
    })
    await changeCard(sandbox, customer, 'pm_card_visa')
    await sandbox.advance({ days: 2 })
    expect(await good(sandbox, 'GET', `/v1/invoices/${id}`)).toMatchObject({
      status: 'paid',
      attempt_count: 3,
    })
  })

  it('recovers on a new card at the next retry, and the customer with it', async () => {
    const { sandbox, customer, since } = await shop('pm_card_chargeCustomerFail', {
      settings: { retryDays: [3] },
    })
    const { id } = await draft(sandbox, customer, [2_000], { auto_advance: true })
    await sandbox.advance({ hours: 1 })
    await changeCard(sandbox, customer, 'pm_card_visa')
    since()
    await sandbox.advance({ days: 3 })
    expect(await good(sandbox, 'GET', `/v1/invoices/${id}`)).toMatchObject({
      status: 'paid',
      attempt_count: 2,
    })
    expect(since()).toEqual([
      'charge.succeeded',
      'payment_intent.succeeded',
      'invoice.updated',
      'invoice.paid',
      'invoice.payment_succeeded',
      'invoice_payment.paid',
      'customer.updated',
    ])
    await sandbox.advance({ days: 30 })
    expect(since()).toEqual([])
  })

  it('does not count what is tried by hand in between', async () => {
    const { sandbox, customer } = await shop('pm_card_chargeCustomerFail', {
      settings: { retryDays: [3] },
    })
    const { id } = await draft(sandbox, customer, [2_000], { auto_advance: true })
    await sandbox.advance({ hours: 1 })
    const before = await ok(sandbox, 'GET', `/v1/invoices/${id}`)
    await sandbox.advance({ days: 1 })
    await refused(sandbox, 'POST', `/v1/invoices/${id}/pay`)
    const after = await ok(sandbox, 'GET', `/v1/invoices/${id}`)
    expect(after).toMatchObject({
      attempt_count: 1,
      next_payment_attempt: before.next_payment_attempt,
    })
    await sandbox.advance({ days: 2 })
    expect((await ok(sandbox, 'GET', `/v1/invoices/${id}`)).attempt_count).toBe(2)
  })

  it('is collected an hour after it was finalised by hand', async () => {
    const { sandbox, customer } = await shop()
    const { id } = await draft(sandbox, customer, [2_000])
    const open = await good(sandbox, 'POST', `/v1/invoices/${id}/finalize`, { auto_advance: true })
    expect(open).toMatchObject({ status: 'open', next_payment_attempt: SECONDS + 3_600 })
    await sandbox.advance({ hours: 1 })
    expect((await ok(sandbox, 'GET', `/v1/invoices/${id}`)).status).toBe('paid')
  })

  it('fails where there is nothing left to pay with, and time goes on', async () => {
    const { sandbox, customer, since } = await shop('pm_card_visa', {
      settings: { retryDays: [3, 5, 7] },
    })
    const { id } = await draft(sandbox, customer, [2_000], { auto_advance: true })
    const [method] = sandbox.world.where('payment_method', 'customer', customer)
    await good(sandbox, 'POST', `/v1/payment_methods/${method?.id}/detach`)
    since()
    await sandbox.advance({ days: 10 })
    expect(since().filter((type) => type === 'invoice.payment_failed')).toHaveLength(4)
    expect(await good(sandbox, 'GET', `/v1/invoices/${id}`)).toMatchObject({
      status: 'open',
      attempt_count: 4,
      next_payment_attempt: null,
    })
  })

  it('stays a draft once that is taken back', async () => {
    const { sandbox, customer } = await shop()
    const { id } = await draft(sandbox, customer, [2_000], { auto_advance: true })
    const kept = await good(sandbox, 'POST', `/v1/invoices/${id}`, { auto_advance: false })
    expect(kept).toMatchObject({ automatically_finalizes_at: null, next_payment_attempt: null })
    await sandbox.advance({ days: 1 })
    expect((await ok(sandbox, 'GET', `/v1/invoices/${id}`)).status).toBe('draft')
  })
})
