import { describe, expect, test } from 'vitest'
import type { Stage } from '../../sandbox/scenarios/stage.ts'
import { dueIn, type Life, type Shop } from './on-the-books.ts'

const DECLINED = 'pm_card_chargeCustomerFail'

/** Basic by the month from 31 January on; team is added on 14 February, for the next bill to charge. */
function adding(then: (stage: Stage, shop: Shop) => Promise<void>): Life {
  return {
    async play(stage, shop) {
      const { id } = await stage.api.subscriptions.create({
        customer: shop.ada,
        items: [{ price: shop.basic.id }],
      })
      await stage.advanceTo('2026-02-14T09:00:00Z')
      await then(stage, shop)
      await stage.api.subscriptions.update(id, { items: [{ price: shop.team.id }] })
      await stage.advanceTo('2026-03-10T09:00:00Z')
    },
  }
}

describe('what is added between bills', () => {
  const times = [
    '2026-02-14T09:00:00Z', // added
    '2026-02-28T09:30:00Z', // its first bill is a draft
    '2026-02-28T10:30:00Z', // charged
  ] as const
  const both = 'basic, team, seats 2'

  test('has what those beside it have paid, and waits for the next bill as they do', async () => {
    expect(
      await dueIn(
        adding(() => Promise.resolve()),
        ...times,
      ),
    ).toEqual([both, both, both])
  })

  test('has no grace where that bill is declined', async () => {
    const life = adding((stage, { ada }) => stage.changeCard(ada, DECLINED))
    expect(await dueIn(life, ...times)).toEqual([both, both, 'basic, seats 1'])
  })

  test('has nothing beside a change that is overdue', async () => {
    const life = adding(async (stage, { ada, basic }) => {
      const { data } = await stage.api.subscriptions.list({ customer: ada })
      const item = data[0]?.items.data[0]
      await stage.changeCard(ada, DECLINED)
      await stage.api.subscriptions.update(item?.subscription ?? '', {
        items: [{ id: item?.id ?? '', price: basic.id, quantity: 3 }],
        proration_behavior: 'always_invoice',
      })
    })
    expect(await dueIn(life, '2026-02-14T09:00:00Z')).toEqual(['basic, seats 1'])
  })
})

describe('a change', () => {
  test('without a bill, on top of one whose bill is declined, leaves what was paid last', async () => {
    const told = await dueIn(
      {
        async play(stage, { ada, basic, team }) {
          const { id, items } = await stage.api.subscriptions.create({
            customer: ada,
            items: [{ price: basic.id }],
          })
          const item = items.data[0]?.id ?? ''
          await stage.changeCard(ada, DECLINED)
          await stage.advance({ days: 1 })
          await stage.api.subscriptions.update(id, {
            items: [{ id: item, price: basic.id, quantity: 5 }],
            proration_behavior: 'always_invoice',
          })
          await stage.api.subscriptions.update(id, { items: [{ id: item, price: team.id }] })
          await stage.advance({ days: 1 })
        },
      },
      '2026-02-02T08:00:00Z',
    )
    expect(told).toEqual(['basic, seats 1'])
  })

  test('a minute before the period ends comes to nothing, and takes nothing', async () => {
    const told = await dueIn(
      {
        async play(stage, { ada, basic, team }) {
          const { id, items } = await stage.api.subscriptions.create({
            customer: ada,
            items: [{ price: basic.id }],
          })
          await stage.advanceTo('2026-02-28T08:59:30Z')
          await stage.api.subscriptions.update(id, {
            items: [{ id: items.data[0]?.id ?? '', price: team.id }],
            proration_behavior: 'always_invoice',
          })
          await stage.advanceTo('2026-02-28T12:00:00Z')
        },
      },
      '2026-02-28T08:59:30Z',
      '2026-02-28T09:30:00Z',
      '2026-02-28T10:30:00Z',
    )
    expect(told).toEqual(['team, seats 1', 'team, seats 1', 'team, seats 1'])
  })
})

test('a sent bill that is voided and made again gives the time of the new one', async () => {
  const told = await dueIn(
    {
      async play(stage, { ada, basic, team }) {
        const {
          id,
          items,
          latest_invoice: first,
        } = await stage.api.subscriptions.create({
          customer: ada,
          items: [{ price: basic.id }],
          collection_method: 'send_invoice',
          days_until_due: 14,
        })
        await stage.advance({ hours: 2 })
        await stage.api.invoices.voidInvoice(String(first))
        await stage.advance({ hours: 1 })
        await stage.api.subscriptions.update(id, {
          items: [{ id: items.data[0]?.id ?? '', price: team.id }],
          proration_behavior: 'always_invoice',
        })
        await stage.advanceTo('2026-02-10T09:00:00Z')
      },
    },
    '2026-01-31T11:00:00Z', // void
    '2026-01-31T14:00:00Z', // made again, for the bigger plan
  )
  expect(told).toEqual(['', 'team, seats 1'])
})

test('usage alone that was paused goes on with the first period after the pause', async () => {
  const told = await dueIn(
    {
      async play(stage, { ada, calls }) {
        const { id } = await stage.api.subscriptions.create({
          customer: ada,
          items: [{ price: calls.id }],
        })
        await stage.advanceTo('2026-03-03T09:00:00Z')
        await stage.api.subscriptions.pause(id, {
          bill_for: { unused_time_from: { type: 'none' } },
        })
        await stage.advanceTo('2026-03-05T09:00:00Z')
        await stage.api.subscriptions.resume(id, {
          payment_behavior: 'resume_on_payment_attempt',
          billing_cycle_anchor: { type: 'now' },
        })
        await stage.advanceTo('2026-04-10T09:00:00Z')
      },
    },
    '2026-03-04T09:00:00Z', // paused
    '2026-04-04T09:00:00Z', // a month and a window after the old period's end
    '2026-04-05T09:30:00Z', // the new period's bill is a draft
  )
  expect(told).toEqual(['', 'calls', 'calls'])
})
