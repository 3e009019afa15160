import { describe, expect, it } from 'vitest'
import {
  access,
  DAY,
  FEBRUARY,
  HOUR,
  item,
  JANUARY,
  line,
  MARCH,
  told,
} from '../../test/support/told.ts'
import type { AnySnapshot, InvoiceLineState } from './fact.ts'

describe('a change that was billed on top of a month nobody paid', () => {
  const CHANGED = JANUARY + 5 * DAY
  const three = told('subscription', 'sub_1', {
    items: [item({ quantity: 3 })],
    latestInvoice: 'in_2',
  })
  const base = (status: string, fields: Partial<InvoiceLineState> = {}) =>
    told('invoice', 'in_1', { status, attempted: false, lines: [line(fields)] })
  /** Two seats more, for the rest of the month, paid. */
  const change = (fields: Partial<InvoiceLineState> = {}) =>
    told('invoice', 'in_2', {
      created: CHANGED,
      billingReason: 'subscription_update',
      lines: [
        line({ id: 'il_2', isProration: true, quantity: 3, periodStart: CHANGED, ...fields }),
      ],
    })
  const reports = (...snapshots: AnySnapshot[]) =>
    access('reports', [three, ...snapshots], { at: CHANGED + DAY }).allowed

  it('pays nothing of it', () => {
    expect(reports(base('open'), change())).toBe(false)
    expect(reports(base('paid'), change())).toBe(true)
  })

  it('pays what reaches beyond that month, and what began before it', () => {
    expect(reports(base('open'), change({ periodEnd: MARCH }))).toBe(true)
    expect(reports(base('open', { periodStart: CHANGED + 1 }), change())).toBe(true)
  })

  it('pays where that month cost nothing, or was over by then', () => {
    expect(reports(base('open', { amount: 0 }), change())).toBe(true)
    expect(reports(base('open', { periodEnd: CHANGED }), change())).toBe(true)
  })
})

describe('a month that the credit of one nobody paid has paid', () => {
  it('pays nothing, also where the plan was changed meanwhile without a bill', () => {
    const first = (status: string) =>
      told('invoice', 'in_1', {
        status,
        attempted: false,
        lines: [line({ price: 'price_team', quantity: 2, amount: 6000 })],
      })
    const resumed = told('invoice', 'in_2', {
      created: JANUARY + DAY,
      amountPaid: 0,
      billingReason: 'subscription_update',
      lines: [
        line({ id: 'il_2', isProration: true, amount: -6000, periodStart: JANUARY + HOUR }),
        line({ id: 'il_3', periodStart: JANUARY + DAY }),
      ],
    })
    const at = { at: JANUARY + 2 * DAY }
    expect(
      access('reports', [told('subscription', 'sub_1'), first('void'), resumed], at).allowed,
    ).toBe(false)
    expect(
      access('reports', [told('subscription', 'sub_1'), first('paid'), resumed], at).allowed,
    ).toBe(true)
  })
})

describe('a change that is paid, asked for again after its first bill was voided', () => {
  it('pays also where the bill of the period it credits was not seen', () => {
    const change = (id: string, status: string, quantity: number, created: number) =>
      told('invoice', id, {
        ...{ status, created, attempted: false, billingReason: 'subscription_update' },
        lines: [
          line({
            id: `${id}_a`,
            price: 'price_basic',
            isProration: true,
            amount: -900,
            periodStart: created,
          }),
          line({ id: `${id}_b`, quantity, isProration: true, periodStart: created }),
        ],
      })
    const heard = [
      told('subscription', 'sub_1', { latestInvoice: 'in_3' }),
      change('in_2', 'void', 1, JANUARY + DAY),
      change('in_3', 'paid', 1, JANUARY + 2 * DAY),
    ]
    expect(access('reports', heard, { at: JANUARY + 3 * DAY }).allowed).toBe(true)
  })
})

describe('a renewal that the credit of an unpaid year has paid', () => {
  it('pays nothing: what was given back had never been paid', () => {
    const YEAR_END = JANUARY + 365 * DAY
    const monthly = told('subscription', 'sub_1', {
      items: [item({ periodStart: FEBRUARY, periodEnd: MARCH })],
      latestInvoice: 'in_2',
    })
    const yearly = { price: 'price_pro_yearly', periodEnd: YEAR_END, amount: 20_000 }
    const year = (status: string) => told('invoice', 'in_1', { status, lines: [line(yearly)] })
    const month = told('invoice', 'in_2', {
      created: FEBRUARY,
      amountPaid: 0,
      billingReason: 'subscription_cycle',
      lines: [
        line({
          ...yearly,
          id: 'il_2',
          isProration: true,
          amount: -19_000,
          periodStart: JANUARY + DAY,
        }),
        line({ id: 'il_3', periodStart: FEBRUARY, periodEnd: MARCH }),
      ],
    })
    const at = { at: FEBRUARY + 2 * HOUR }
    expect(access('reports', [monthly, year('open'), month], at).allowed).toBe(false)
    expect(access('reports', [monthly, year('paid'), month], at).allowed).toBe(true)
  })
})
