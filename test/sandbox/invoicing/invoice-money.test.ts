import { describe, expect, it } from 'vitest'
import type { Sandbox } from '../../../src/sandbox/index.ts'
import { eventsOf, good } from '../catalogue/judged.ts'
import { ok } from '../support/call.ts'
import { draft, last, shop } from './shop.ts'

async function taxRate(sandbox: Sandbox, percentage: number, inclusive = false): Promise<string> {
  const rate = await good(sandbox, 'POST', '/v1/tax_rates', {
    display_name: 'VAT',
    percentage,
    inclusive,
  })
  return rate.id as string
}

async function coupon(sandbox: Sandbox, params: Record<string, unknown>): Promise<string> {
  return (await good(sandbox, 'POST', '/v1/coupons', params)).id as string
}

describe('the sums of an invoice', () => {
  it('take a percentage off the whole and share it to the cent', async () => {
    const { sandbox, customer } = await shop()
    const half = await coupon(sandbox, { percent_off: 50 })
    const invoice = await draft(sandbox, customer, [333, 333, 333], {
      discounts: [{ coupon: half }],
    })
    expect(invoice).toMatchObject({ subtotal: 999, total: 499, amount_due: 499 })
    expect(invoice.total_discount_amounts).toEqual([
      { amount: 500, discount: invoice.discounts[0] },
    ])
    const shares = invoice.lines.data.map(
      (line: { discount_amounts: { amount: number }[] }) => line.discount_amounts[0]?.amount,
    )
    expect(shares.toSorted()).toEqual([166, 167, 167])
    eventsOf(sandbox)
  })

  it("take lines' own discounts before the invoice's, and count them in the subtotal", async () => {
    const { sandbox, customer } = await shop()
    const tenth = await coupon(sandbox, { percent_off: 10 })
    const fixed = await coupon(sandbox, { amount_off: 500, currency: 'usd' })
    const invoice = await draft(
      sandbox,
      customer,
      [1_000, { amount: 2_000, discounts: [{ coupon: fixed }] }],
      { discounts: [{ coupon: tenth }] },
    )
    // 2,000 - 500 = 1,500; 10 % of 2,500 = 250.
    expect(invoice).toMatchObject({ subtotal: 2_500, total: 2_250 })
    const [line] = invoice.lines.data
    expect(line).toMatchObject({ amount: 2_000, subtotal: 2_000 })
    expect(line.discount_amounts.map((share: { amount: number }) => share.amount)).toEqual([
      500, 150,
    ])
  })

  it('never fall below nothing by a fixed discount', async () => {
    const { sandbox, customer } = await shop()
    const much = await coupon(sandbox, { amount_off: 5_000, currency: 'usd' })
    const { id, total } = await draft(sandbox, customer, [1_200], { discounts: [{ coupon: much }] })
    expect(total).toBe(0)
    expect((await good(sandbox, 'POST', `/v1/invoices/${id}/finalize`)).status).toBe('paid')
  })

  it('add exclusive taxes to what is left after discounts, line by line', async () => {
    const { sandbox, customer } = await shop()
    const rate = await taxRate(sandbox, 8.25)
    const tenth = await coupon(sandbox, { percent_off: 10 })
    const invoice = await draft(sandbox, customer, [1_999, 1_001], {
      default_tax_rates: [rate],
      discounts: [{ coupon: tenth }],
    })
    // 1,999 - 200 = 1,799 → 148.42; 1,001 - 100 = 901 → 74.33.
    expect(invoice).toMatchObject({
      subtotal: 3_000,
      total_excluding_tax: 2_700,
      total: 2_922,
      amount_due: 2_922,
    })
    expect(invoice.total_taxes).toMatchObject([
      { amount: 222, taxable_amount: 2_700, tax_behavior: 'exclusive' },
    ])
  })

  it('find inclusive taxes inside the amounts', async () => {
    const { sandbox, customer } = await shop()
    const rate = await taxRate(sandbox, 19, true)
    const invoice = await draft(sandbox, customer, [11_900], { default_tax_rates: [rate] })
    expect(invoice).toMatchObject({
      subtotal: 11_900,
      subtotal_excluding_tax: 10_000,
      total: 11_900,
      total_excluding_tax: 10_000,
    })
    expect(invoice.total_taxes).toMatchObject([{ amount: 1_900, taxable_amount: 10_000 }])
  })

  it('ask no tax of a customer who is exempt', async () => {
    const { sandbox, customer } = await shop('pm_card_visa', {
      customer: { tax_exempt: 'reverse' },
    })
    const rate = await taxRate(sandbox, 19)
    const invoice = await draft(sandbox, customer, [1_000], { default_tax_rates: [rate] })
    expect(invoice.total).toBe(1_000)
    expect(invoice.total_taxes).toMatchObject([{ amount: 0, taxability_reason: 'reverse_charge' }])
  })

  it('keep fractions of a cent until the line is done', async () => {
    const { sandbox, customer } = await shop()
    const invoice = await draft(sandbox, customer, [
      { unit_amount_decimal: '0.35', quantity: 1_001 },
    ])
    expect(invoice.lines.data[0]).toMatchObject({
      amount: 350,
      quantity: 1_001,
      quantity_decimal: '1001',
      pricing: { unit_amount_decimal: '0.35' },
    })
  })

  it('are made anew when a draft changes', async () => {
    const { sandbox, customer, since } = await shop()
    const { id } = await draft(sandbox, customer, [1_000])
    since()
    await good(sandbox, 'POST', '/v1/invoiceitems', {
      customer,
      invoice: id,
      currency: 'usd',
      amount: 250,
    })
    expect(since()).toEqual(['invoiceitem.created', 'invoice.updated'])
    const rate = await taxRate(sandbox, 10)
    const taxed = await good(sandbox, 'POST', `/v1/invoices/${id}`, { default_tax_rates: [rate] })
    expect(taxed.total).toBe(1_375)
    const [first] = taxed.lines.data
    const changed = await good(sandbox, 'POST', `/v1/invoices/${id}/update_lines`, {
      lines: [{ id: first.id, amount: 2_000, description: 'More' }],
    })
    expect(changed.total).toBe(2_475)
    const more = await good(sandbox, 'POST', `/v1/invoices/${id}/add_lines`, {
      lines: [{ amount: 100, description: 'Extra' }],
    })
    expect(more).toMatchObject({ total: 2_585 })
    const fewer = await good(sandbox, 'POST', `/v1/invoices/${id}/remove_lines`, {
      lines: [{ id: first.id, behavior: 'delete' }],
    })
    expect(fewer.total).toBe(385)
    const { data } = await good(sandbox, 'GET', `/v1/invoices/${id}/lines`)
    expect(data.map((line: { amount: number }) => line.amount)).toEqual([250, 100])
    eventsOf(sandbox)
  })

  it('embed ten lines and list all of them', async () => {
    const { sandbox, customer } = await shop()
    const amounts = Array.from({ length: 12 }, (_, at) => 100 + at)
    const invoice = await draft(sandbox, customer, amounts)
    expect(invoice.lines).toMatchObject({ has_more: true })
    expect(invoice.lines.data).toHaveLength(10)
    const { data } = await good(sandbox, 'GET', `/v1/invoices/${invoice.id}/lines`, { limit: 100 })
    expect(data).toHaveLength(12)
  })
})

describe("the customer's balance", () => {
  it('pays what it can when the invoice is finalised', async () => {
    const { sandbox, customer, since } = await shop('pm_card_visa', { customer: { balance: -700 } })
    const { id, amount_due: due } = await draft(sandbox, customer, [2_000])
    expect(due).toBe(1_300)
    since()
    const open = await good(sandbox, 'POST', `/v1/invoices/${id}/finalize`)
    expect(open).toMatchObject({
      amount_due: 1_300,
      starting_balance: -700,
      ending_balance: 0,
      total: 2_000,
    })
    expect(since()[0]).toBe('customer.updated')
    expect(last(sandbox, 'customer.updated').data.previous_attributes).toEqual({
      balance: -700,
      next_invoice_sequence: 1,
    })
    const voided = await good(sandbox, 'POST', `/v1/invoices/${id}/void`)
    expect(voided.status).toBe('void')
    expect((await ok(sandbox, 'GET', `/v1/customers/${customer}`)).balance).toBe(-700)
    const { data } = await good(sandbox, 'GET', `/v1/customers/${customer}/balance_transactions`)
    expect(data.map((entry: { type: string }) => entry.type)).toEqual([
      'unapplied_from_invoice',
      'applied_to_invoice',
      'initial',
    ])
  })

  it('that covers all of it leaves nothing to pay', async () => {
    const { sandbox, customer, since } = await shop(null, { customer: { balance: -5_000 } })
    const { id } = await draft(sandbox, customer, [2_000])
    since()
    const paid = await good(sandbox, 'POST', `/v1/invoices/${id}/finalize`)
    expect(paid).toMatchObject({
      status: 'paid',
      amount_due: 0,
      amount_paid: 0,
      ending_balance: -3_000,
    })
    expect(since()).toEqual([
      'customer.updated',
      'invoice.finalized',
      'invoice.paid',
      'invoice.payment_succeeded',
    ])
  })

  it('takes a negative total, and what is owed is added to the next', async () => {
    const { sandbox, customer } = await shop()
    const credit = await draft(sandbox, customer, [-800])
    await good(sandbox, 'POST', `/v1/invoices/${credit.id}/finalize`)
    expect((await ok(sandbox, 'GET', `/v1/customers/${customer}`)).balance).toBe(-800)
    await good(sandbox, 'POST', `/v1/customers/${customer}`, { balance: 300 })
    expect((await draft(sandbox, customer, [1_000])).amount_due).toBe(1_300)
  })

  it('keeps what is too small to charge', async () => {
    const { sandbox, customer } = await shop()
    const { id } = await draft(sandbox, customer, [30])
    const paid = await good(sandbox, 'POST', `/v1/invoices/${id}/finalize`)
    expect(paid).toMatchObject({ status: 'paid', amount_due: 0, ending_balance: 30 })
    const { data } = await good(sandbox, 'GET', `/v1/customers/${customer}/balance_transactions`)
    expect(data[0]).toMatchObject({ type: 'invoice_too_small', amount: 30 })
  })
})

describe('a discount that is good for one bill', () => {
  it('is the customer’s until an invoice has used it', async () => {
    const { sandbox, since } = await shop()
    await good(sandbox, 'POST', '/v1/coupons', { id: 'ONCE', percent_off: 10 })
    const { id: customer } = await good(
      sandbox,
      'POST',
      '/v1/customers',
      { coupon: 'ONCE' },
      { version: null },
    )
    const first = await draft(sandbox, customer, [1_000])
    expect(first.total).toBe(900)
    since()
    await good(sandbox, 'POST', `/v1/invoices/${first.id}/finalize`)
    expect(since()).toContain('customer.discount.deleted')
    expect((await draft(sandbox, customer, [1_000])).total).toBe(1_000)
  })
})
