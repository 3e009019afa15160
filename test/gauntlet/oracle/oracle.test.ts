import { describe, expect, test } from 'vitest'
import { at, type Stage } from '../../sandbox/scenarios/stage.ts'
import { dueIn, turnsIn, type Life, type Shop } from './on-the-books.ts'

const DAY = 86_400

/** Periods begin on 31 January, 28 February, 31 March at 09:00, and are charged at 10:00. */
function subscribe(
  stage: Stage,
  { ada, basic }: Shop,
  fields: Partial<Parameters<Stage['api']['subscriptions']['create']>[0]> = {},
) {
  return stage.api.subscriptions.create({ customer: ada, items: [{ price: basic.id }], ...fields })
}

/** Subscribes, and from then on the card is declined. */
function declining(until: string, fields: Parameters<typeof subscribe>[2] = {}): Life {
  return {
    async play(stage, shop) {
      await subscribe(stage, shop, fields)
      await stage.changeCard(shop.ada, 'pm_card_chargeCustomerFail')
      await stage.advanceTo(until)
    },
  }
}

async function payAll(stage: Stage, { ada }: Shop): Promise<void> {
  await stage.changeCard(ada, 'pm_card_visa')
  const { data } = await stage.api.invoices.list({ customer: ada, status: 'open' })
  for (const { id } of data) await stage.api.invoices.pay(id)
}

describe('the oracle tells from the ledger', () => {
  test('that a renewal which is paid leaves no gap', async () => {
    const told = await dueIn(
      {
        async play(stage, shop) {
          await subscribe(stage, shop)
          await stage.advanceTo('2026-03-05T09:00:00Z')
        },
      },
      '2026-02-28T08:59:59Z', // the last second of the first month
      '2026-02-28T09:00:00Z', // a draft: not yet charged
      '2026-02-28T10:00:00Z', // paid
    )
    expect(told).toEqual(['basic, seats 1', 'basic, seats 1', 'basic, seats 1'])
  })

  test('a week of grace from the declined bill, and access again with the money', async () => {
    const life = declining('2026-03-20T09:00:00Z')
    const told = await dueIn(
      {
        async play(stage, shop) {
          await life.play(stage, shop)
          await payAll(stage, shop)
        },
      },
      '2026-02-28T10:00:00Z', // declined
      '2026-03-07T09:59:59Z', // seven days later, but for a second
      '2026-03-07T10:00:00Z',
      '2026-03-20T08:59:59Z',
      '2026-03-20T09:00:00Z', // paid
    )
    expect(told).toEqual(['basic, seats 1', 'basic, seats 1', '', '', 'basic, seats 1'])
  })

  test('no second grace for a second bill before money came', async () => {
    const told = await dueIn(
      declining('2026-04-10T09:00:00Z'),
      '2026-03-31T09:00:00Z', // the second renewal's draft
      '2026-03-31T10:00:00Z', // declined as well
    )
    expect(told).toEqual(['', ''])
  })

  test('a trial, the hour of its bill, and the grace after it', async () => {
    const told = await dueIn(
      declining('2026-03-01T09:00:00Z', { trial_period_days: 14 }),
      '2026-02-14T08:59:59Z', // on trial
      '2026-02-14T09:30:00Z', // over, and the bill a draft
      '2026-02-21T09:59:59Z', // declined on 14 February at 10:00
      '2026-02-21T10:00:00Z',
    )
    expect(told).toEqual(['basic, seats 1', 'basic, seats 1', 'basic, seats 1', ''])
  })

  test('nothing in a trial that the policy denies, and all once it is paid', async () => {
    const told = await dueIn(
      {
        policy: { trial: 'deny' },
        async play(stage, shop) {
          await subscribe(stage, shop, { trial_period_days: 14 })
          await stage.advanceTo('2026-02-20T09:00:00Z')
        },
      },
      '2026-02-10T09:00:00Z',
      '2026-02-14T09:30:00Z',
      '2026-02-14T10:00:00Z', // charged
    )
    expect(told).toEqual(['', '', 'basic, seats 1'])
  })

  test.each([
    { grantWhileProcessing: false, before: '' },
    { grantWhileProcessing: true, before: 'basic, seats 2' },
  ])('a first debit under way: $before', async ({ before, ...policy }) => {
    const life = (paymentMethod: string): Life => ({
      currency: 'eur',
      settings: { bankDebitSeconds: 5 * DAY },
      policy,
      async play(stage, { basic }) {
        const session = await stage.checkout({
          line_items: [{ price: basic.id, quantity: 2 }],
          client_reference_id: 'ada',
          allowed_payment_method_types: ['sepa_debit'],
        })
        await stage.sandbox.pay(session, { paymentMethod })
        await stage.advanceTo('2026-02-10T09:00:00Z')
      },
    })
    const times = ['2026-02-05T08:59:59Z', '2026-02-05T09:00:00Z'] as const
    expect(await dueIn(life('pm_sepaDebit_success_de'), ...times)).toEqual([
      before,
      'basic, seats 2',
    ])
    expect(await dueIn(life('pm_sepaDebit_failed_de'), ...times)).toEqual([before, ''])
  })

  test('the old plan and seats until the bill of an upgrade is paid', async () => {
    const told = await dueIn(
      {
        async play(stage, shop) {
          const { items } = await subscribe(stage, shop, {
            items: [{ price: shop.basic.id, quantity: 2 }],
          })
          await stage.advanceTo('2026-02-14T09:00:00Z')
          await stage.changeCard(shop.ada, 'pm_card_chargeCustomerFail')
          await stage.api.subscriptions.update(items.data[0]?.subscription ?? '', {
            items: [{ id: items.data[0]?.id ?? '', price: shop.team.id, quantity: 5 }],
            proration_behavior: 'always_invoice',
          })
          await stage.advanceTo('2026-02-20T09:00:00Z')
          await payAll(stage, shop)
        },
      },
      '2026-02-14T08:59:59Z',
      '2026-02-14T09:00:00Z', // declined
      '2026-02-20T08:59:59Z',
      '2026-02-20T09:00:00Z', // paid
    )
    expect(told).toEqual(['basic, seats 2', 'basic, seats 2', 'basic, seats 2', 'team, seats 5'])
  })

  test('the new plan at once where its bill comes with the renewal, the old one if that is declined', async () => {
    const told = await dueIn(
      {
        async play(stage, shop) {
          const { id, items } = await subscribe(stage, shop)
          await stage.advanceTo('2026-02-14T09:00:00Z')
          await stage.changeCard(shop.ada, 'pm_card_chargeCustomerFail')
          await stage.api.subscriptions.update(id, {
            items: [{ id: items.data[0]?.id ?? '', price: shop.team.id, quantity: 3 }],
          })
          await stage.advanceTo('2026-03-10T09:00:00Z')
        },
      },
      '2026-02-14T09:00:00Z',
      '2026-02-28T09:59:59Z', // a draft
      '2026-02-28T10:00:00Z', // declined: what was paid last, in grace
      '2026-03-07T10:00:00Z',
    )
    expect(told).toEqual(['team, seats 3', 'team, seats 3', 'basic, seats 1', ''])
  })

  test('months forgiven while collection is paused', async () => {
    const told = await dueIn(
      {
        async play(stage, shop) {
          const { id } = await subscribe(stage, shop)
          await stage.api.subscriptions.update(id, { pause_collection: { behavior: 'void' } })
          await stage.advanceTo('2026-03-10T09:00:00Z')
          await stage.api.subscriptions.update(id, { pause_collection: '' })
          await stage.changeCard(shop.ada, 'pm_card_chargeCustomerFail')
          await stage.advanceTo('2026-04-10T09:00:00Z')
        },
      },
      '2026-02-28T11:00:00Z', // void, and forgiven
      '2026-03-31T08:59:59Z',
      '2026-04-07T09:59:59Z', // April was asked for, and declined on 31 March at 10:00
      '2026-04-07T10:00:00Z',
    )
    expect(told).toEqual(['basic, seats 1', 'basic, seats 1', 'basic, seats 1', ''])
  })

  test('the end of what was canceled for the end of its period, or paused', async () => {
    const told = await dueIn(
      {
        async play(stage, shop) {
          const { id } = await subscribe(stage, shop)
          await stage.api.subscriptions.update(id, { cancel_at_period_end: true })
          const { id: other } = await subscribe(stage, shop, { items: [{ price: shop.team.id }] })
          await stage.advanceTo('2026-02-10T09:00:00Z')
          await stage.api.subscriptions.pause(other, {})
          await stage.advanceTo('2026-03-01T09:00:00Z')
        },
      },
      '2026-02-10T08:59:59Z',
      '2026-02-10T09:00:00Z',
      '2026-02-28T08:59:59Z',
      '2026-02-28T09:00:00Z',
    )
    expect(told).toEqual(['basic, team, seats 2', 'basic, seats 1', 'basic, seats 1', ''])
  })

  test('usage alone: nothing owed before the first bill, a debt from then on', async () => {
    const told = await dueIn(
      {
        async play(stage, shop) {
          await subscribe(stage, shop, { items: [{ price: shop.calls.id }] })
          await stage.advance({ days: 1 })
          await stage.api.billing.meterEvents.create({
            event_name: 'calls',
            payload: { stripe_customer_id: shop.ada, value: '700' },
          })
          await stage.changeCard(shop.ada, 'pm_card_chargeCustomerFail')
          await stage.advanceTo('2026-03-10T09:00:00Z')
          await payAll(stage, shop)
        },
      },
      '2026-02-10T09:00:00Z', // no invoice at all
      '2026-03-07T09:59:59Z', // declined on 28 February at 10:00
      '2026-03-07T10:00:00Z',
      '2026-03-10T09:00:00Z', // paid
    )
    expect(told).toEqual(['calls', 'calls', '', 'calls'])
  })

  test('a bill sent is waited for until a week after it is due, unless only money counts', async () => {
    const life = (sendInvoice: 'untilDue' | 'paidOnly'): Life => ({
      policy: { sendInvoice },
      async play(stage, shop) {
        const sent = { collection_method: 'send_invoice', days_until_due: 14 } as const
        await subscribe(stage, shop, sent)
        await stage.advanceTo('2026-03-01T09:00:00Z')
      },
    })
    const times = ['2026-01-31T09:30:00Z', '2026-02-21T08:59:59Z', '2026-02-21T09:00:00Z'] as const
    expect(await dueIn(life('untilDue'), ...times)).toEqual([
      'basic, seats 1',
      'basic, seats 1',
      '',
    ])
    expect(await dueIn(life('paidOnly'), ...times)).toEqual(['', '', ''])
  })
})

test('every deadline of the clock is among the turning points', async () => {
  const turns = await turnsIn(
    declining('2026-03-01T09:00:00Z', { trial_period_days: 14 }),
    '2026-03-31T09:00:00Z',
  )
  for (const deadline of [
    '2026-02-14T09:00:00Z', // the trial's end
    '2026-02-14T10:00:00Z', // and an hour
    '2026-02-17T09:00:00Z', // and the renewal window
    '2026-02-21T10:00:00Z', // the grace
    '2026-03-07T09:00:00Z', // and what a debit may take
  ]) {
    expect(turns).toContain(at(deadline))
  }
  expect(turns).toEqual([...new Set(turns)].sort((a, b) => a - b))
})
