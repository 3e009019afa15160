import { expect } from 'vitest'
import { resolveDispute } from '../../../src/sandbox/resources/disputes/resolve-dispute.ts'
import { disputed } from './odds-disputes.ts'
import type { Scenario } from './scenario.ts'

const BORN_LOST: Scenario = {
  rows: [80],
  title: 'A returned bank debit is a dispute lost at its birth, of an invoice that stays paid',
  async play(stage) {
    const { api } = stage
    const customer = await stage.customer('pm_usBankAccount_dispute')
    const sub = await api.subscriptions.create({
      customer: customer.id,
      items: [{ price: (await stage.price()).id }],
    })
    await stage.advance({ minutes: 5 })
    expect(stage.only('invoice.paid').object).toMatchObject({ id: sub.latest_invoice })
    expect(stage.only('charge.dispute.created').object).toMatchObject({
      status: 'lost',
      amount: 2_900,
      evidence_details: { due_by: null },
    })
    expect(stage.only('charge.dispute.closed').object).toMatchObject({ status: 'lost' })
    const dispute = stage.only('charge.dispute.created').object['id'] as string
    await expect(
      api.disputes.update(dispute, { evidence: { uncategorized_text: 'winning_evidence' } }),
    ).rejects.toMatchObject({ statusCode: 400 })
    expect((await api.invoices.retrieve(String(sub.latest_invoice))).status).toBe('paid')
    expect((await api.subscriptions.retrieve(sub.id)).status).toBe('active')
    await stage.advance({ days: 10 })
    stage.only('charge.dispute.closed')
  },
}

const CLOSED_FIRST: Scenario = {
  rows: [80],
  title: 'What closes a dispute can be delivered before what opened it',
  async play(stage) {
    const arrived: string[] = []
    const price = await stage.price()
    stage.sandbox.deliverTo(
      async (request) => {
        const { type } = (await request.json()) as { type: string }
        arrived.push(type)
        return new Response()
      },
      { secret: 'whsec_test', types: ['charge.dispute.created', 'charge.dispute.closed'] },
    )
    stage.sandbox.chaos({ reorder: 8 })
    for (let count = 0; count < 4; count += 1) {
      const { id: customer } = await stage.customer('pm_usBankAccount_dispute')
      await stage.api.subscriptions.create({ customer, items: [{ price: price.id }] })
    }
    await stage.advance({ minutes: 5 })
    const told = stage.since('charge.dispute.created', 'charge.dispute.closed')
    expect(told.map(({ type }) => type).slice(0, 2)).toEqual([
      'charge.dispute.created',
      'charge.dispute.closed',
    ])
    expect(arrived.toSorted()).toEqual(told.map(({ type }) => type).toSorted())
    expect(arrived[0]).toBe('charge.dispute.closed')
  },
}

const LATE_WIN: Scenario = {
  rows: [81],
  title: 'A dispute that was lost can still be won: lost is not the last word',
  async play(stage) {
    const { api } = stage
    const { dispute } = await disputed(stage, 'pm_card_createDispute')
    await stage.advance({ days: 9 })
    expect(stage.only('charge.dispute.closed').object).toMatchObject({ status: 'lost' })
    await stage.advance({ days: 40 })
    stage.mark()
    resolveDispute(stage.sandbox.world, dispute, 'won')
    expect(stage.only('charge.dispute.updated')).toMatchObject({
      object: { id: dispute, status: 'won' },
      previous: { status: 'lost' },
    })
    expect(stage.only('charge.dispute.funds_reinstated').object).toMatchObject({
      status: 'won',
      balance_transactions: [{ amount: -2_900 }, { amount: 2_900 }],
    })
    stage.none('charge.dispute.closed', 'charge.dispute.created')
    expect((await api.disputes.retrieve(dispute)).status).toBe('won')
  },
}

export const DECIDED_DISPUTES: readonly Scenario[] = [BORN_LOST, CLOSED_FIRST, LATE_WIN]
