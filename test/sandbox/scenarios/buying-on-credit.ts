import { expect } from 'vitest'
import { callsPrice, useCalls } from './buying-usage.ts'
import type { Scenario } from './scenario.ts'

const credits: Scenario = {
  rows: [39],
  title: 'Credits pay for usage when its invoice is finalised, and come back when it is voided',
  async play(stage) {
    const { api } = stage
    const calls = await callsPrice(stage)
    const seat = await stage.price({ unit_amount: 500 })
    const customer = await stage.customer()
    const { id } = await api.subscriptions.create({
      customer: customer.id,
      items: [{ price: seat.id }, { price: calls.id }],
    })
    stage.mark()
    const grant = await api.billing.creditGrants.create({
      customer: customer.id,
      name: 'Welcome',
      category: 'promotional',
      amount: { type: 'monetary', monetary: { currency: 'usd', value: 2_000 } },
      applicability_config: { scope: { price_type: 'metered' } },
    })
    expect(stage.only('billing.credit_grant.created').object).toMatchObject({
      id: grant.id,
      customer: customer.id,
      amount: { monetary: { value: 2_000 } },
    })
    expect(stage.only('billing.credit_balance_transaction.created').object).toMatchObject({
      credit_grant: grant.id,
      type: 'credit',
      credit: { type: 'credits_granted', amount: { monetary: { value: 2_000 } } },
      debit: null,
    })
    stage.mark()
    await api.billing.creditGrants.update(grant.id, { metadata: { campaign: 'spring' } })
    expect(stage.only('billing.credit_grant.updated').previous).toMatchObject({
      metadata: { campaign: null },
    })

    const left = async () => {
      const { balances } = await api.billing.creditBalanceSummaries.retrieve({
        customer: customer.id,
        filter: { type: 'applicability_scope', applicability_scope: { price_type: 'metered' } },
      })
      return balances[0]?.available_balance.monetary?.value
    }
    await useCalls(stage, customer.id, 1_200)
    stage.mark()
    await stage.advance({ days: 28 })
    // A draft uses none.
    expect(stage.only('invoice.created').object).toMatchObject({ status: 'draft', total: 1_700 })
    stage.none('billing.credit_balance_transaction.created')
    expect(await left()).toBe(2_000)
    await stage.advance({ hours: 1 })
    const spent = stage.only('billing.credit_balance_transaction.created').object
    expect(spent).toMatchObject({
      type: 'debit',
      debit: { type: 'credits_applied', amount: { monetary: { value: 1_200 } } },
    })
    const paid = stage.only('invoice.paid').object
    // The seat is paid with money, the calls with credits.
    expect(paid).toMatchObject({
      status: 'paid',
      amount_paid: 500,
      total: 500,
      total_pretax_credit_amounts: [
        {
          amount: 1_200,
          type: 'credit_balance_transaction',
          credit_balance_transaction: spent['id'],
        },
      ],
    })
    expect(await left()).toBe(800)

    // Usage alone, paid by credits alone.
    const items = await api.subscriptionItems.list({ subscription: id })
    const seatItem = items.data.find(({ price }) => price.id === seat.id)
    await api.subscriptionItems.del(seatItem?.id ?? '', { proration_behavior: 'none' })
    await useCalls(stage, customer.id, 300)
    stage.mark()
    await stage.advance({ days: 31, hours: 1 })
    expect(stage.only('invoice.paid').object).toMatchObject({
      status: 'paid',
      amount_paid: 0,
      total: 0,
      total_pretax_credit_amounts: [{ amount: 300 }],
    })
    stage.none('payment_intent.created')
    expect(await left()).toBe(500)

    // Credits short of the usage; the invoice is not paid and is voided.
    await stage.changeCard(customer.id, 'pm_card_chargeCustomerFail')
    await useCalls(stage, customer.id, 900)
    stage.mark()
    await stage.advance({ days: 30, hours: 1 })
    const open = stage.only('invoice.payment_failed').object
    expect(open).toMatchObject({ status: 'open', amount_due: 400, amount_paid: 0 })
    expect(await left()).toBe(0)
    stage.mark()
    await api.invoices.voidInvoice(open['id'] as string)
    expect(stage.only('invoice.voided').object['status']).toBe('void')
    expect(stage.only('billing.credit_balance_transaction.created').object).toMatchObject({
      type: 'credit',
      credit: {
        type: 'credits_application_invoice_voided',
        amount: { monetary: { value: 500 } },
        credits_application_invoice_voided: { invoice: open['id'] },
      },
    })
    expect(await left()).toBe(500)
  },
}

export const BUYING_ON_CREDIT: readonly Scenario[] = [credits]
