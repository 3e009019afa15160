import { expect } from 'vitest'
import type { Scenario } from '../../sandbox/scenarios/scenario.ts'
import type { Stage } from '../../sandbox/scenarios/stage.ts'
import { DAY, FIRST_RENEWAL, HOUR } from '../../sandbox/scenarios/subscriber.ts'
import { onePlan } from './dunning.ts'
import { appCustomer, onSale, subscribeTo } from './shop.ts'

const BY_INVOICE = { collection_method: 'send_invoice', days_until_due: 14 } as const

async function billed(stage: Stage) {
  const customer = await appCustomer(stage, 'acme')
  const sub = await subscribeTo(stage, customer, await onSale(stage, 'pro'), BY_INVOICE)
  await stage.advance({ hours: 2 })
  const bill = String(sub.latest_invoice)
  expect(stage.only('invoice.sent').object).toMatchObject({ id: bill, status: 'open' })
  const status = async () => (await stage.api.subscriptions.retrieve(sub.id)).status
  return { customer, sub, bill, status }
}

const LATE: Scenario = {
  rows: [88, 45],
  title: 'A sent invoice is paid ten days after it was due, when the grace had run out',
  catalog: onePlan,
  async play(stage) {
    const { bill, status } = await billed(stage)
    await stage.advance({ days: 24 })
    expect(await status()).toBe('past_due')
    await stage.api.invoices.pay(bill, { paid_out_of_band: true })
    expect(await status()).toBe('active')
    await stage.advance({ days: 2 })
  },
}

const SECOND_LATE: Scenario = {
  rows: [88, 40],
  title: 'The first sent invoice is paid in time, the second is not yet due when it is looked at',
  catalog: onePlan,
  async play(stage) {
    const { bill, status } = await billed(stage)
    await stage.advance({ days: 5 })
    await stage.api.invoices.pay(bill, { paid_out_of_band: true })
    stage.mark()
    await stage.advanceTo(FIRST_RENEWAL + HOUR + 10 * DAY)
    expect(stage.only('invoice.sent').object).toMatchObject({
      due_date: FIRST_RENEWAL + 14 * DAY,
      amount_paid: 0,
    })
    expect(await status()).toBe('active')
  },
}

const SWITCHED: Scenario = {
  rows: [40, 88],
  title:
    'A customer who paid by card asks for invoices, and pays the next one when it is overdue by a day',
  catalog: onePlan,
  async play(stage) {
    const customer = await appCustomer(stage, 'acme')
    const sub = await subscribeTo(stage, customer, await onSale(stage, 'pro'))
    await stage.advance({ days: 10 })
    await stage.api.subscriptions.update(sub.id, BY_INVOICE)
    await stage.advanceTo(FIRST_RENEWAL + 15 * DAY)
    const overdue = stage.only('invoice.overdue').object
    expect(overdue).toMatchObject({ collection_method: 'send_invoice', amount_paid: 0 })
    await stage.api.invoices.pay(String(overdue['id']), { paid_out_of_band: true })
    expect((await stage.api.subscriptions.retrieve(sub.id)).status).toBe('active')
    await stage.advance({ days: 2 })
  },
}

export const SENT_INVOICES: readonly Scenario[] = [LATE, SECOND_LATE, SWITCHED]
