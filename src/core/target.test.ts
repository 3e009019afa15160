import { describe, expect, it } from 'vitest'
import { compiled } from '../../test/support/catalogs.ts'
import { withPolicy } from '../../test/support/stories/catalogs.ts'
import {
  adas,
  DAY,
  FEBRUARY,
  HOUR,
  item,
  JANUARY,
  line,
  MARCH,
  told,
} from '../../test/support/told.ts'
import type { AnySnapshot, InvoiceState, SubscriptionState } from './fact.ts'

const CHANGED = JANUARY + 5 * DAY
const SOON = CHANGED + DAY

/** One seat of Pro, paid for January; five seats since the 20th. */
const grown = (fields: Partial<SubscriptionState> = {}) =>
  told('subscription', 'sub_1', {
    items: [item({ quantity: 5 })],
    latestInvoice: 'in_2',
    ...fields,
  })
const paid = told('invoice', 'in_1')
/** The bill made for the change: the four seats more until the period's end. */
const bill = (status: string, fields: Partial<InvoiceState> = {}) =>
  told(
    'invoice',
    'in_2',
    {
      status,
      created: CHANGED,
      billingReason: 'subscription_update',
      attempted: status !== 'draft',
      lines: [
        line({ id: 'il_2', quantity: 5, amount: 6000, isProration: true, periodStart: CHANGED }),
      ],
      ...fields,
    },
    { at: CHANGED },
  )

function seats(snapshots: readonly AnySnapshot[], at = SOON, catalog = compiled(withPolicy({}))) {
  const { features, needs } = adas(snapshots, { at, catalog })
  return { value: features['seats']?.value, needs: needs.map(({ object }) => object) }
}

describe('more seats than are paid (R17)', () => {
  it('are there once their bill is paid', () => {
    expect(seats([grown(), paid, bill('paid')])).toEqual({ value: 5, needs: [] })
  })

  it.each(['open', 'draft', 'void', 'uncollectible'])(
    'are not while their bill is %s',
    (status) => {
      expect(seats([grown(), paid, bill(status)]).value).toBe(1)
    },
  )

  it('are not where a pause let go their bill, and what it builds on was not paid', () => {
    const paused = { pauseCollection: { behavior: 'void', resumesAt: null } }
    const later = FEBRUARY + HOUR
    const found = (renewal: string) => {
      const items = [item({ quantity: 5, periodStart: FEBRUARY, periodEnd: MARCH })]
      const period = { periodStart: FEBRUARY, periodEnd: MARCH }
      const snapshots = [
        told('subscription', 'sub_1', { items, latestInvoice: 'in_2', ...paused }, { at: later }),
        paid,
        told('invoice', 'in_3', { status: renewal, created: FEBRUARY, lines: [line(period)] }),
        bill('draft', {
          created: later,
          lines: [line({ ...period, quantity: 5, isProration: true, periodStart: later })],
        }),
      ]
      return seats(snapshots, later + HOUR).value
    }
    expect(found('paid')).toBe(5)
    expect(found('open')).toBe(1)
  })

  it('are while a renewal with them may still be paid, however far what was paid before reaches', () => {
    const renewal = (fields: Partial<InvoiceState>) =>
      bill('open', { billingReason: 'subscription_cycle', attempted: true, ...fields })
    expect(seats([grown(), paid, renewal({ attemptCount: 1 })]).value).toBe(5)
    expect(seats([grown(), paid, renewal({ attempted: false, attemptCount: 0 })]).value).toBe(5)
    expect(seats([grown(), paid, renewal({ attemptCount: 2 })]).value).toBe(1)
  })

  it('are not while Stripe calls the subscription past due or unpaid, whatever it billed', () => {
    expect(seats([grown({ status: 'past_due', latestInvoice: 'in_1' }), paid]).value).toBe(1)
  })

  it('are there at once where no bill was made for them: the next one has them', () => {
    expect(seats([grown({ latestInvoice: 'in_1' }), paid])).toEqual({ value: 5, needs: [] })
    expect(seats([grown({ latestInvoice: null }), paid])).toEqual({ value: 5, needs: [] })
  })

  it('wait for a bill that is named and was not seen, which is asked for', () => {
    expect(seats([grown(), paid])).toEqual({ value: 1, needs: ['in_2'] })
  })

  it('are there at once where the policy grants what is not paid yet', () => {
    const generous = compiled(withPolicy({ unpaidUpgrade: 'grantNew' }))
    expect(seats([grown(), paid, bill('open')], SOON, generous).value).toBe(5)
    expect(seats([grown(), paid], SOON, generous)).toEqual({ value: 5, needs: [] })
  })

  it('are not refused by a bill of nothing, or by one of before', () => {
    const nothing = bill('open', { lines: [line({ amount: 0, periodStart: CHANGED })] })
    expect(seats([grown(), paid, nothing]).value).toBe(5)
    const before = bill('void', { created: JANUARY - 10 * DAY })
    expect(seats([grown(), paid, before]).value).toBe(5)
  })

  it('are there where the draft made for them asks for nothing: credit pays for it', () => {
    expect(seats([grown(), paid, bill('draft', { amountDue: 0 })]).value).toBe(5)
    expect(seats([grown(), paid, bill('draft', { amountDue: 6000 })]).value).toBe(1)
    expect(seats([grown(), paid, bill('draft', { amountDue: null })]).value).toBe(1)
  })

  it('sold on account are there until their bill is due and the grace is over', () => {
    const sent = { collectionMethod: 'send_invoice', daysUntilDue: 3 }
    const told = [grown(sent), paid, bill('open', { attempted: false })]
    const end = CHANGED + (3 + 7) * DAY
    expect(seats(told, end - 1).value).toBe(5)
    expect(seats(told, end).value).toBe(1)
    // Not where nothing is on account.
    expect(seats(told, SOON, compiled(withPolicy({ sendInvoice: 'paidOnly' }))).value).toBe(1)
    // And not what was written off.
    expect(seats([grown(sent), paid, bill('void')]).value).toBe(1)
  })
})

describe('fewer seats than are paid', () => {
  it('are as few at once: giving back needs no money', () => {
    const five = told('invoice', 'in_1', { lines: [line({ quantity: 5 })] })
    const shrunk = told('subscription', 'sub_1', { items: [item({ quantity: 2 })] })
    expect(seats([shrunk, five]).value).toBe(2)
  })
})

describe('another plan than is paid', () => {
  const changed = (fields: Partial<SubscriptionState> = {}) =>
    told('subscription', 'sub_1', {
      items: [item({ price: 'price_team', lookupKey: 'team_monthly', quantity: 1 })],
      latestInvoice: 'in_2',
      ...fields,
    })
  const lines = [
    line({
      id: 'il_2',
      price: 'price_team',
      amount: 3000,
      isProration: true,
      periodStart: CHANGED,
    }),
  ]
  const exports = (...snapshots: AnySnapshot[]) =>
    adas([changed(), paid, ...snapshots], { at: SOON }).features['exports']?.allowed

  it('is given once its bill is paid, also as fewer seats of it', () => {
    expect(exports(bill('paid', { lines }))).toBe(true)
    expect(exports(bill('open', { lines }))).toBe(false)
  })

  it('is not given in the window after the paid month, where the change was billed in vain', () => {
    const window = (...snapshots: AnySnapshot[]) =>
      adas([changed(), paid, ...snapshots], { at: FEBRUARY + DAY }).features
    expect(window(bill('void', { lines }))).toMatchObject({
      reports: { allowed: true },
      exports: { allowed: false },
    })
  })
})

describe('of several paid bills', () => {
  it('the latest of those that reach past now tells what is paid', () => {
    const later = bill('paid', {
      lines: [
        line({ id: 'il_2', quantity: 3, amount: 4000, isProration: true, periodStart: CHANGED }),
      ],
    })
    const ten = grown({ items: [item({ quantity: 10 })], latestInvoice: 'in_9' })
    expect(seats([ten, paid, later]).value).toBe(3)
  })

  it('the one that reached furthest tells, once all are over', () => {
    const february = told('invoice', 'in_3', {
      created: FEBRUARY,
      billingReason: 'subscription_cycle',
      lines: [line({ quantity: 4, periodStart: FEBRUARY, periodEnd: MARCH })],
    })
    const ten = grown({
      status: 'past_due',
      items: [item({ quantity: 10 })],
      latestInvoice: 'in_9',
    })
    expect(seats([ten, paid, february], MARCH + DAY).value).toBe(4)
  })
})

describe('an upgrade that reaches beyond what is paid', () => {
  const yearly = told('subscription', 'sub_1', {
    items: [item({ price: 'price_team', lookupKey: 'team_monthly', quantity: 1 })],
    latestInvoice: 'in_2',
  })
  const state = (fields: Partial<InvoiceState>, at: number) =>
    adas([yearly, paid, bill('open', fields)], { at }).features['exports']?.allowed

  it('is refused by its open bill as long as the paid month lasts, and no longer', () => {
    const lines = [
      line({
        id: 'il_2',
        price: 'price_team',
        amount: 9000,
        periodStart: CHANGED,
        periodEnd: MARCH,
      }),
    ]
    expect(state({ lines, billingReason: 'subscription_update' }, SOON)).toBe(false)
  })

  it('is not refused by a bill for time that is over', () => {
    const lines = [line({ id: 'il_2', amount: 9000, periodEnd: CHANGED })]
    expect(state({ lines, billingReason: 'manual' }, SOON)).toBe(true)
  })
})

describe('a plan for which the paid line says exactly what is held', () => {
  it('is held, whatever another bill says', () => {
    const same = told('subscription', 'sub_1', { items: [item()], latestInvoice: 'in_2' })
    expect(seats([same, paid, bill('void')]).value).toBe(1)
    const five = told('invoice', 'in_1', { lines: [line({ quantity: 5 })] })
    expect(seats([grown(), five, bill('open')]).value).toBe(5)
  })
})
