import { describe, expect, it } from 'vitest'
import type { Sandbox } from '../../../src/sandbox/index.ts'
import { eventsOf, good, refused } from '../catalogue/judged.ts'
import { ok } from '../support/call.ts'
import { draft, last, SECONDS, shop } from './shop.ts'

// The table under row 99 of the Stripe facts: which state each call leads to, and its event.

describe('an invoice', () => {
  it('starts as a draft that takes the pending items in', async () => {
    const { sandbox, customer, since } = await shop()
    const invoice = await draft(sandbox, customer, [2_000, 350])
    expect(invoice).toMatchObject({
      amount_due: 2_350,
      auto_advance: false,
      automatically_finalizes_at: null,
      billing_reason: 'manual',
      number: null,
      status: 'draft',
      hosted_invoice_url: null,
    })
    // Newest pending items come first.
    expect(invoice.lines.data.map((line: { amount: number }) => line.amount)).toEqual([350, 2_000])
    expect(since()).toEqual([
      'customer.updated',
      'invoiceitem.created',
      'invoiceitem.created',
      'invoice.created',
    ])
    const { data } = await good(sandbox, 'GET', '/v1/invoiceitems', { pending: true })
    expect(data).toEqual([])
    eventsOf(sandbox)
  })

  it('is numbered by its customer when it is finalised', async () => {
    const { sandbox, customer, since } = await shop()
    const one = await draft(sandbox, customer, [1_000])
    const two = await draft(sandbox, customer, [2_000])
    since()
    const finalized = await good(sandbox, 'POST', `/v1/invoices/${two.id}/finalize`)
    expect(finalized).toMatchObject({
      status: 'open',
      amount_remaining: 2_000,
      ending_balance: 0,
      status_transitions: { finalized_at: SECONDS, paid_at: null },
      next_payment_attempt: null,
    })
    expect(finalized.number).toMatch(/-0001$/u)
    expect(finalized.hosted_invoice_url).toMatch(/^https:/u)
    expect(since()).toEqual(['customer.updated', 'invoice.finalized', 'payment_intent.created'])
    expect((await good(sandbox, 'POST', `/v1/invoices/${one.id}/finalize`)).number).toMatch(
      /-0002$/u,
    )
    const { next_invoice_sequence: next } = await ok(sandbox, 'GET', `/v1/customers/${customer}`)
    expect(next).toBe(3)
  })

  it('is paid from draft in one call, in the order of events that Stripe shows', async () => {
    const { sandbox, customer, since } = await shop()
    const { id } = await draft(sandbox, customer, [2_000])
    since()
    const paid = await good(sandbox, 'POST', `/v1/invoices/${id}/pay`)
    expect(paid).toMatchObject({
      status: 'paid',
      amount_paid: 2_000,
      amount_remaining: 0,
      attempt_count: 1,
      attempted: true,
      auto_advance: false,
    })
    expect(since()).toEqual([
      'customer.updated',
      'invoice.finalized',
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.succeeded',
      'invoice.paid',
      'invoice.payment_succeeded',
      'invoice_payment.paid',
    ])
    eventsOf(sandbox)
  })

  it('tells of the change when it was open before', async () => {
    const { sandbox, customer, since } = await shop()
    const { id } = await draft(sandbox, customer, [2_000])
    await good(sandbox, 'POST', `/v1/invoices/${id}/finalize`)
    since()
    await good(sandbox, 'POST', `/v1/invoices/${id}/pay`)
    expect(since()).toContain('invoice.updated')
    expect(last(sandbox, 'invoice.updated').data.previous_attributes).toMatchObject({
      amount_paid: 0,
      amount_remaining: 2_000,
      status: 'open',
      attempt_count: 0,
    })
  })

  it('stays open when the card is declined, and the call answers the decline', async () => {
    const { sandbox, customer, since } = await shop('pm_card_chargeCustomerFail')
    const { id } = await draft(sandbox, customer, [2_000])
    since()
    const error = await refused(sandbox, 'POST', `/v1/invoices/${id}/pay`)
    expect(error).toMatchObject({ status: 402, type: 'card_error', code: 'card_declined' })
    const invoice = await good(sandbox, 'GET', `/v1/invoices/${id}`)
    expect(invoice).toMatchObject({ status: 'open', attempt_count: 1, next_payment_attempt: null })
    expect(since()).toEqual([
      'customer.updated',
      'invoice.finalized',
      'payment_intent.created',
      'charge.failed',
      'payment_intent.payment_failed',
      'invoice.payment_failed',
      'invoice.updated',
      'customer.updated',
    ])
    expect((await ok(sandbox, 'GET', `/v1/customers/${customer}`)).delinquent).toBe(true)
    eventsOf(sandbox)
  })

  it('asks for the customer where the card wants them', async () => {
    const { sandbox, customer, since } = await shop('pm_card_threeDSecure2Required')
    const { id } = await draft(sandbox, customer, [2_000])
    since()
    const error = await refused(sandbox, 'POST', `/v1/invoices/${id}/pay`)
    expect(error).toMatchObject({
      status: 402,
      type: 'card_error',
      code: 'invoice_payment_intent_requires_action',
    })
    expect(since().slice(3)).toEqual([
      'payment_intent.requires_action',
      'invoice.payment_action_required',
      'invoice.payment_failed',
      'invoice.updated',
      'customer.updated',
    ])
    const { payments, confirmation_secret: secret } = await good(
      sandbox,
      'GET',
      `/v1/invoices/${id}`,
      { expand: ['payments.data.payment.payment_intent', 'confirmation_secret'] },
    )
    const intent = payments.data[0].payment.payment_intent
    expect(intent.status).toBe('requires_action')
    expect(secret.client_secret).toBe(intent.client_secret)
    eventsOf(sandbox)
  })

  it('answers that nothing can be paid with', async () => {
    const { sandbox, customer } = await shop(null)
    const { id } = await draft(sandbox, customer, [2_000])
    const error = await refused(sandbox, 'POST', `/v1/invoices/${id}/pay`)
    expect(error.status).toBe(400)
    expect(error.message).toContain('default_payment_method')
    expect((await ok(sandbox, 'GET', `/v1/invoices/${id}`)).status).toBe('draft')
  })

  it('is paid at once when it comes to nothing', async () => {
    const { sandbox, customer, since } = await shop(null)
    const { id } = await draft(sandbox, customer, [500, -500])
    since()
    const paid = await good(sandbox, 'POST', `/v1/invoices/${id}/finalize`)
    expect(paid).toMatchObject({ status: 'paid', amount_paid: 0, amount_due: 0, attempt_count: 0 })
    expect(since().slice(1)).toEqual([
      'invoice.finalized',
      'invoice.paid',
      'invoice.payment_succeeded',
    ])
  })

  it('is sent, also from draft, and falls due', async () => {
    const { sandbox, customer, since } = await shop(null)
    const { id, due_date: due } = await draft(sandbox, customer, [2_000], {
      collection_method: 'send_invoice',
      days_until_due: 7,
    })
    expect(due).toBe(SECONDS + 7 * 86_400)
    since()
    await good(sandbox, 'POST', `/v1/invoices/${id}/send`)
    expect(since()).toEqual([
      'customer.updated',
      'invoice.finalized',
      'payment_intent.created',
      'invoice.sent',
    ])
    await sandbox.advance({ days: 7 })
    expect(since()).toEqual(['invoice.overdue', 'customer.updated'])
    expect(last(sandbox, 'invoice.overdue').created).toBe(due)
    eventsOf(sandbox)
  })

  it('is void for ever, and its intent is canceled', async () => {
    const { sandbox, customer, since } = await shop()
    const { id } = await draft(sandbox, customer, [2_000])
    await good(sandbox, 'POST', `/v1/invoices/${id}/finalize`)
    since()
    const voided = await good(sandbox, 'POST', `/v1/invoices/${id}/void`)
    expect(voided).toMatchObject({ status: 'void', status_transitions: { voided_at: SECONDS } })
    expect(since()).toEqual(['invoice.voided', 'payment_intent.canceled'])
    expect(last(sandbox, 'payment_intent.canceled').data.object.cancellation_reason).toBe(
      'void_invoice',
    )
    for (const verb of ['pay', 'void', 'finalize', 'mark_uncollectible']) {
      expect((await refused(sandbox, 'POST', `/v1/invoices/${id}/${verb}`)).status).toBe(400)
    }
    eventsOf(sandbox)
  })

  it('is given up, and can still be paid or voided then', async () => {
    const { sandbox, customer, since } = await shop()
    const ids = [await uncollectible(sandbox, customer), await uncollectible(sandbox, customer)]
    expect(since().filter((type) => type === 'invoice.marked_uncollectible')).toHaveLength(2)
    expect((await good(sandbox, 'POST', `/v1/invoices/${ids[0]}/pay`)).status).toBe('paid')
    expect((await good(sandbox, 'POST', `/v1/invoices/${ids[1]}/void`)).status).toBe('void')
    eventsOf(sandbox)
  })

  it('that fails after it was given up stays given up', async () => {
    const { sandbox, customer } = await shop('pm_card_chargeCustomerFail')
    const id = await uncollectible(sandbox, customer)
    await refused(sandbox, 'POST', `/v1/invoices/${id}/pay`)
    const invoice = await good(sandbox, 'GET', `/v1/invoices/${id}`)
    expect(invoice).toMatchObject({
      status: 'uncollectible',
      status_details: { uncollectible: { reason: 'user_forgiven' } },
    })
    expect(last(sandbox, 'invoice.payment_failed').data.object.id).toBe(id)
  })

  it('is deleted as a draft, and gives its items back', async () => {
    const { sandbox, customer, since } = await shop()
    const { id } = await draft(sandbox, customer, [2_000])
    since()
    await good(sandbox, 'DELETE', `/v1/invoices/${id}`)
    expect(since()).toEqual(['invoice.deleted'])
    const { data } = await good(sandbox, 'GET', '/v1/invoiceitems', { pending: true })
    expect(data).toHaveLength(1)
    const again = await draft(sandbox, customer, [])
    await good(sandbox, 'POST', `/v1/invoices/${again.id}/finalize`)
    expect(await refused(sandbox, 'DELETE', `/v1/invoices/${again.id}`)).toMatchObject({
      code: 'invoice_not_editable',
    })
  })

  it('is not made where there is nothing to invoice', async () => {
    const { sandbox, customer } = await shop()
    const error = await refused(sandbox, 'POST', '/v1/invoices', {
      customer,
      pending_invoice_items_behavior: 'include',
    })
    expect(error.code).toBe('invoice_no_customer_line_items')
    expect((await good(sandbox, 'POST', '/v1/invoices', { customer })).lines.data).toEqual([])
  })

  it('refuses what makes no sense', async () => {
    const { sandbox, customer } = await shop()
    const { id } = await draft(sandbox, customer, [2_000])
    const paid = await good(sandbox, 'POST', `/v1/invoices/${id}/pay`)
    expect(await refused(sandbox, 'POST', `/v1/invoices/${id}/pay`)).toMatchObject({
      message: 'Invoice is already paid',
    })
    expect(
      await refused(sandbox, 'POST', `/v1/invoices/${id}`, { description: 'x' }),
    ).toMatchObject({ code: 'invoice_not_editable', param: 'description' })
    const updated = await good(sandbox, 'POST', `/v1/invoices/${id}`, { metadata: { a: 'b' } })
    expect(updated.metadata).toEqual({ a: 'b' })
    const item = paid.lines.data[0].parent.invoice_item_details.invoice_item
    expect(await refused(sandbox, 'DELETE', `/v1/invoiceitems/${item}`)).toMatchObject({
      code: 'invoice_not_editable',
    })
    expect(
      await refused(sandbox, 'POST', '/v1/invoices', { customer, days_until_due: 3 }),
    ).toMatchObject({ param: 'days_until_due' })
    expect(await refused(sandbox, 'GET', '/v1/invoices/in_1')).toMatchObject({ status: 404 })
  })

  it('cannot be finalised without an address for its automatic tax', async () => {
    const { sandbox, customer, since } = await shop()
    const { id } = await draft(sandbox, customer, [2_000], { automatic_tax: { enabled: true } })
    since()
    expect(await refused(sandbox, 'POST', `/v1/invoices/${id}/finalize`)).toMatchObject({
      status: 400,
      code: 'customer_tax_location_invalid',
    })
    expect(since()).toEqual(['invoice.finalization_failed'])
    await good(sandbox, 'POST', `/v1/customers/${customer}`, { address: { country: 'DE' } })
    const finalized = await good(sandbox, 'POST', `/v1/invoices/${id}/finalize`)
    expect(finalized).toMatchObject({ status: 'open', last_finalization_error: null })
    eventsOf(sandbox)
  })
})

async function uncollectible(sandbox: Sandbox, customer: string): Promise<string> {
  const { id } = await draft(sandbox, customer, [2_000])
  await good(sandbox, 'POST', `/v1/invoices/${id}/finalize`)
  await good(sandbox, 'POST', `/v1/invoices/${id}/mark_uncollectible`)
  return id as string
}
