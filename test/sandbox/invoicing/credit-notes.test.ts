import { describe, expect, it } from 'vitest'
import { eventsOf, good, refused } from '../catalogue/judged.ts'
import { ok } from '../support/call.ts'
import { draft, last, SECONDS, shop } from './shop.ts'

async function invoiceOf(amount: number, { paid }: { readonly paid: boolean }) {
  const { sandbox, customer, since } = await shop()
  const { id } = await draft(sandbox, customer, [amount])
  const invoice = await good(sandbox, 'POST', `/v1/invoices/${id}/${paid ? 'pay' : 'finalize'}`)
  since()
  return { sandbox, customer, since, invoice }
}

describe('a credit note', () => {
  it('lowers what an open invoice asks for', async () => {
    const { sandbox, invoice, since } = await invoiceOf(2_000, { paid: false })
    const note = await good(sandbox, 'POST', '/v1/credit_notes', {
      invoice: invoice.id,
      lines: [{ type: 'custom_line_item', description: 'x', quantity: 1, unit_amount: 750 }],
    })
    expect(note).toMatchObject({
      amount: 750,
      number: `${invoice.number}-CN-01`,
      post_payment_amount: 0,
      pre_payment_amount: 750,
      status: 'issued',
      type: 'pre_payment',
    })
    expect(since()).toEqual(['credit_note.created', 'invoice.updated'])
    expect(await good(sandbox, 'GET', `/v1/invoices/${invoice.id}`)).toMatchObject({
      amount_due: 1_250,
      amount_remaining: 1_250,
      pre_payment_credit_notes_amount: 750,
      total: 2_000,
    })
    const paid = await good(sandbox, 'POST', `/v1/invoices/${invoice.id}/pay`)
    expect(paid.amount_paid).toBe(1_250)
    expect(last(sandbox, 'charge.succeeded').data.object.amount).toBe(1_250)
    eventsOf(sandbox)
  })

  it('for all of an open invoice pays it', async () => {
    const { sandbox, invoice, since } = await invoiceOf(2_000, { paid: false })
    await good(sandbox, 'POST', '/v1/credit_notes', { invoice: invoice.id, amount: 2_000 })
    expect(since()).toEqual([
      'credit_note.created',
      'invoice.updated',
      'invoice.paid',
      'payment_intent.canceled',
    ])
    expect(await good(sandbox, 'GET', `/v1/invoices/${invoice.id}`)).toMatchObject({
      status: 'paid',
      amount_paid: 0,
    })
  })

  it('of a paid invoice refunds and credits what it says', async () => {
    const { sandbox, customer, invoice, since } = await invoiceOf(2_000, { paid: true })
    const note = await good(sandbox, 'POST', '/v1/credit_notes', {
      invoice: invoice.id,
      amount: 1_500,
      refund_amount: 1_000,
      credit_amount: 500,
      reason: 'duplicate',
    })
    expect(note).toMatchObject({
      type: 'post_payment',
      post_payment_amount: 1_500,
      refunds: [{ amount_refunded: 1_000, type: 'refund' }],
    })
    expect(since()).toEqual([
      'refund.created',
      'charge.refunded',
      'customer.updated',
      'credit_note.created',
      'invoice.updated',
    ])
    expect(await good(sandbox, 'GET', `/v1/invoices/${invoice.id}`)).toMatchObject({
      status: 'paid',
      post_payment_credit_notes_amount: 1_500,
      amount_paid: 2_000,
    })
    expect((await ok(sandbox, 'GET', `/v1/customers/${customer}`)).balance).toBe(-500)
    const entry = sandbox.world.must(
      'customer_balance_transaction',
      note.customer_balance_transaction,
    )
    expect(entry).toMatchObject({ type: 'credit_note', credit_note: note.id, amount: -500 })
    eventsOf(sandbox)
  })

  it('of an invoice line credits its part of the taxes', async () => {
    const { sandbox, customer } = await shop()
    const rate = await good(sandbox, 'POST', '/v1/tax_rates', {
      display_name: 'VAT',
      percentage: 20,
      inclusive: false,
    })
    const { id } = await draft(sandbox, customer, [1_000], { default_tax_rates: [rate.id] })
    const invoice = await good(sandbox, 'POST', `/v1/invoices/${id}/finalize`)
    expect(invoice.total).toBe(1_200)
    const params = {
      invoice: id,
      lines: [
        { type: 'invoice_line_item', invoice_line_item: invoice.lines.data[0].id, amount: 500 },
      ],
    }
    const preview = await good(sandbox, 'GET', '/v1/credit_notes/preview', params)
    expect(preview).toMatchObject({ subtotal: 500, total: 600, total_excluding_tax: 500 })
    expect(sandbox.world.table('credit_note').size).toBe(0)
    const note = await good(sandbox, 'POST', '/v1/credit_notes', params)
    expect(note.total_taxes).toMatchObject([{ amount: 100, taxable_amount: 500 }])
    const { data } = await good(sandbox, 'GET', `/v1/credit_notes/${note.id}/lines`)
    expect(data).toEqual(note.lines.data)
  })

  it('is changed, voided and listed', async () => {
    const { sandbox, invoice, since } = await invoiceOf(2_000, { paid: false })
    const { id } = await good(sandbox, 'POST', '/v1/credit_notes', {
      invoice: invoice.id,
      amount: 500,
    })
    since()
    await good(sandbox, 'POST', `/v1/credit_notes/${id}`, { metadata: { foo: 'bar' } })
    const voided = await good(sandbox, 'POST', `/v1/credit_notes/${id}/void`)
    expect(voided).toMatchObject({ status: 'void', voided_at: SECONDS })
    expect(since()).toEqual(['credit_note.updated', 'credit_note.voided', 'invoice.updated'])
    expect((await ok(sandbox, 'GET', `/v1/invoices/${invoice.id}`)).amount_remaining).toBe(2_000)
    expect((await refused(sandbox, 'POST', `/v1/credit_notes/${id}/void`)).status).toBe(400)
    const { data } = await good(sandbox, 'GET', '/v1/credit_notes', { invoice: invoice.id })
    expect(data).toHaveLength(1)
    eventsOf(sandbox)
  })

  it.each([
    ['more than the invoice', { amount: 2_001, refund_amount: 2_001 }, 'amount'],
    ['nothing', { amount: 0 }, 'amount'],
    ['neither an amount nor lines', {}, 'amount'],
    ['parts that do not add up', { amount: 1_000, refund_amount: 400 }, undefined],
  ])('refuses %s', async (_what, params, param) => {
    const { sandbox, invoice, since } = await invoiceOf(2_000, { paid: true })
    const error = await refused(sandbox, 'POST', '/v1/credit_notes', {
      invoice: invoice.id,
      ...params,
    })
    expect([error.status, error.param]).toEqual([400, param])
    expect(since()).toEqual([])
  })
})
