import { describe, expect, it } from 'vitest'
import {
  consumes,
  givenAt,
  itemOf,
  lineOf,
  spans,
  synced,
  used,
} from '../../../test/support/allowances.ts'
import { DAY, FEBRUARY, HOUR, JANUARY, MARCH, told } from '../../../test/support/told.ts'
import type { AnySnapshot, RefundState } from '../fact.ts'
import { historyOf, type HistoryEntry } from './history.ts'
import { EMPTY_LEDGER, type Ledger } from './ledger.ts'
import { syncLedger } from './sync-ledger.ts'
import { take } from './take.ts'
import { balanceAt } from './usage-at.ts'

const now = JANUARY + DAY

const sold = (product: string, id = 'pi_1', created = JANUARY) =>
  told(
    'payment_intent',
    id,
    { created, metadata: { customer_id: 'ada', proviso_product: product } },
    { at: created },
  )
const charged = (id = 'ch_1', paymentIntent = 'pi_1') => told('charge', id, { paymentIntent })
const refund = (fields: Partial<RefundState> = {}, at = now) =>
  told('refund', 're_1', { created: now, ...fields }, { at })

const balance = (ledger: Ledger, at: number) => balanceAt(ledger, at).remaining

const lines = (history: readonly HistoryEntry[]) =>
  history.map(({ type, quantity }) => `${type} ${String(quantity)}`)

describe('credits of a purchase', () => {
  it('are given once, whatever comes twice', () => {
    const twice = [sold('pack'), { ...sold('pack'), observation: 'evt_again' }, sold('pack')]
    const ledger = synced(null, 'credits', twice, now)
    expect(spans(ledger.allowances)).toEqual([['pi_1', JANUARY, null]])
    expect(balance(ledger, now)).toBe(100)
    expect(synced(ledger, 'credits', twice, now + DAY)).toEqual(ledger)
    expect(balance(synced(ledger, 'credits', [...twice, sold('pack', 'pi_2')], now), now)).toBe(200)
  })

  it('are as many times over as were bought where they are per quantity', () => {
    const session = told('checkout_session', 'cs_1', {
      metadata: { customer_id: 'ada' },
      lineItems: [{ price: 'price_pack', product: null, lookupKey: null, quantity: 3 }],
    })
    expect(givenAt('credits', [session], now)).toMatchObject([{ id: 'cs_1', amount: 300 }])
  })

  it('end when they expire, and those that end first are burned first', () => {
    const both = [sold('pack'), sold('brief', 'pi_2')]
    const ledger = used(synced(null, 'credits', both, now), 15, now)
    expect(ledger.allowances.map(({ id, spent }) => [id, spent])).toEqual([
      ['pi_1', 0],
      ['pi_2', 15],
    ])
    expect(balanceAt(ledger, now)).toMatchObject({ remaining: 105, resetsAt: JANUARY + 30 * DAY })
    const later = JANUARY + 30 * DAY
    const expired = synced(ledger, 'credits', both, later)
    expect(balanceAt(expired, later)).toMatchObject({ remaining: 100, resetsAt: null })
    expect(consumes(expired, 101, later)).toBe(false)
    expect(consumes(expired, 100, later)).toBe(true)
  })

  it('hold as long as a pass does, and come with a second one when that begins', () => {
    const passes = [sold('pass'), sold('pass', 'pi_2', now)]
    const end = JANUARY + 45 * DAY
    const first = used(synced(null, 'credits', passes, now), 5, now)
    expect(spans(first.allowances)).toEqual([['pi_1', JANUARY, end]])
    expect(balance(first, now)).toBe(0)
    const second = synced(first, 'credits', passes, end + HOUR)
    expect(balance(second, end + HOUR)).toBe(5)
    expect(spans(second.allowances)).toContainEqual(['pi_2', end, end + 45 * DAY])
  })

  it('are not given before the money is there, unless the policy gives them meanwhile', () => {
    const open = told('payment_intent', 'pi_1', {
      status: 'processing',
      metadata: { customer_id: 'ada', proviso_product: 'pack' },
    })
    expect(synced(null, 'credits', [open], now)).toEqual(EMPTY_LEDGER)
  })

  it('that were refunded are gone, what was spent of them stays spent, and they may come back', () => {
    const paid = [sold('pack'), charged()]
    const spent = used(synced(null, 'credits', paid, now), 30, now)
    const back = synced(spent, 'credits', [...paid, refund()], now + HOUR)
    expect(balance(back, now + HOUR)).toBe(0)
    expect(consumes(back, 1, now + HOUR)).toBe(false)
    expect(consumes(back, 1, now - HOUR)).toBe(false)
    expect(back.allowances).toMatchObject([{ spent: 30, isVoid: true }])
    const failed = [...paid, refund(), refund({ status: 'failed' }, now + 2 * HOUR)]
    const restored = synced(back, 'credits', failed, now + 3 * HOUR)
    expect(balance(restored, now + 3 * HOUR)).toBe(70)
    expect(lines(historyOf(restored, [], now + 3 * HOUR))).toEqual([
      'granted 100',
      'spent -30',
      'clawed_back -70',
      'restored 70',
    ])
  })

  it('that were disputed are back when the dispute is won', () => {
    const paid = [sold('pack'), charged()]
    const dispute = (status: string, at: number) => told('dispute', 'dp_1', { status }, { at })
    const first = used(synced(null, 'credits', paid, now), 30, now)
    const open = synced(first, 'credits', [...paid, dispute('needs_response', now)], now + HOUR)
    expect(balance(open, now + HOUR)).toBe(0)
    const won = [...paid, dispute('needs_response', now), dispute('won', now + DAY)]
    expect(balance(synced(open, 'credits', won, now + 2 * DAY), now + 2 * DAY)).toBe(70)
  })

  it('are taken from nobody else’s balance, and never below zero by usage that is tracked', () => {
    const ledger = used(synced(null, 'credits', [sold('brief')], now), 50, now)
    expect(balanceAt(ledger, now)).toMatchObject({ remaining: 0, used: 50, over: 30 })
    const more = synced(ledger, 'credits', [sold('brief'), sold('pack', 'pi_2')], now)
    expect(balance(more, now)).toBe(100)
  })

  it('may be used though nothing allows the feature any more', () => {
    const ledger = synced(null, 'credits', [sold('pack')], now)
    expect(consumes(ledger, 1, now, false)).toBe(true)
    expect(
      take(EMPTY_LEDGER, { quantity: 1, at: now, mode: 'consume', isAllowed: false }),
    ).toMatchObject({ ok: false, reason: 'not_allowed' })
  })
})

describe('credits given by hand', () => {
  const gift = (value: number, fields = {}, at = JANUARY) =>
    told('manual_grant', 'act_1', { feature: 'credits', value, ...fields }, { at })

  it('are one grant until they end or are revoked', () => {
    const ledger = used(synced(null, 'credits', [gift(40)], now), 10, now)
    expect(ledger.allowances).toMatchObject([{ id: 'manual/act_1', amount: 40, until: null }])
    const revoked = synced(ledger, 'credits', [gift(40, { isRevoked: true })], now + HOUR)
    expect(balance(revoked, now + HOUR)).toBe(0)
    const ended = synced(ledger, 'credits', [gift(40, { until: now + HOUR })], now + 2 * HOUR)
    expect(lines(historyOf(ended, [], now + 2 * HOUR))).toEqual([
      'granted 40',
      'spent -10',
      'expired -30',
    ])
  })
})

describe('credits of a subscription', () => {
  const period = (
    price: string,
    from: number,
    to: number,
    invoice: string,
    status = 'active',
  ): AnySnapshot[] => [
    told(
      'subscription',
      'sub_1',
      {
        status,
        items: [itemOf(price, { periodStart: from, periodEnd: to })],
        latestInvoice: invoice,
      },
      { at: from },
    ),
    told(
      'invoice',
      invoice,
      {
        created: from,
        billingReason: from === JANUARY ? 'subscription_create' : 'subscription_cycle',
        lines: [lineOf(price, { periodStart: from, periodEnd: to })],
      },
      { at: from },
    ),
  ]

  it('come anew each period, and what is left of the last one ends with it', () => {
    const first = period('price_small', JANUARY, FEBRUARY, 'in_1')
    const ledger = used(synced(null, 'credits', first, now), 4, now)
    expect(balanceAt(ledger, now)).toMatchObject({ remaining: 6, resetsAt: FEBRUARY })
    const both = [...first, ...period('price_small', FEBRUARY, MARCH, 'in_2')]
    const later = synced(ledger, 'credits', both, FEBRUARY + DAY)
    expect(balance(later, FEBRUARY + DAY)).toBe(10)
    expect(lines(historyOf(later, [], FEBRUARY + DAY))).toEqual([
      'granted 10',
      'spent -4',
      'granted 10',
      'expired -6',
    ])
  })

  it('hold beyond their period where they expire later, also of a period nobody looked at', () => {
    const first = period('price_large', JANUARY, FEBRUARY, 'in_1')
    const both = [...first, ...period('price_large', FEBRUARY, MARCH, 'in_2')]
    const unseen = synced(null, 'credits', both, FEBRUARY + DAY)
    expect(balanceAt(unseen, FEBRUARY + DAY)).toMatchObject({
      remaining: 100,
      resetsAt: JANUARY + 90 * DAY,
    })
    const seen = synced(
      used(synced(null, 'credits', first, now), 20, now),
      'credits',
      both,
      FEBRUARY + DAY,
    )
    expect(balance(seen, FEBRUARY + DAY)).toBe(80)
  })

  it('of a period that was paid for outlive the plan and the subscription; its last one’s do not', () => {
    const first = period('price_large', JANUARY, FEBRUARY, 'in_1')
    const both = [...first, ...period('price_large', FEBRUARY, MARCH, 'in_2')]
    const ledger = synced(null, 'credits', both, FEBRUARY + DAY)
    const ended = [
      ...both,
      told(
        'subscription',
        'sub_1',
        {
          status: 'canceled',
          endedAt: FEBRUARY + 2 * DAY,
          items: [itemOf('price_large', { periodStart: FEBRUARY, periodEnd: MARCH })],
          latestInvoice: 'in_2',
        },
        { at: FEBRUARY + 2 * DAY, eventType: 'customer.subscription.deleted' },
      ),
    ]
    for (const at of [FEBRUARY + 3 * DAY, MARCH + DAY]) {
      expect(balance(synced(ledger, 'credits', ended, at), at)).toBe(50)
      expect(balance(synced(null, 'credits', ended, at), at)).toBe(50)
    }
  })

  it('whose payment is disputed are taken back, of that period alone', () => {
    const first = period('price_large', JANUARY, FEBRUARY, 'in_1')
    const both = [...first, ...period('price_large', FEBRUARY, MARCH, 'in_2')]
    const ledger = used(synced(null, 'credits', both, FEBRUARY + DAY), 10, FEBRUARY + DAY)
    const disputed = [
      ...both,
      told('invoice_payment', 'inpay_1', { invoice: 'in_1', paymentIntent: 'pi_1' }),
      told('charge', 'ch_1', {}),
      told('dispute', 'dp_1', {}, { at: FEBRUARY + DAY }),
    ]
    const taken = synced(ledger, 'credits', disputed, FEBRUARY + 2 * DAY)
    expect(balance(taken, FEBRUARY + 2 * DAY)).toBe(50)
    expect(taken.allowances[0]).toMatchObject({ spent: 10, isVoid: true })
  })

  it('given while a renewal was awaited are taken back when it never comes, and again given', () => {
    const first = period('price_small', JANUARY, FEBRUARY, 'in_1')
    const waiting = synced(null, 'credits', first, FEBRUARY + HOUR)
    const spent = used(waiting, 3, FEBRUARY + HOUR)
    expect(balance(spent, FEBRUARY + HOUR)).toBe(7)
    const late = FEBRUARY + 5 * DAY
    const lost = synced(spent, 'credits', first, late)
    expect(balance(lost, late)).toBe(0)
    const renewed = [...first, ...period('price_small', FEBRUARY, MARCH, 'in_2')]
    expect(balance(synced(lost, 'credits', renewed, late + HOUR), late + HOUR)).toBe(7)
  })
})

describe('a ledger', () => {
  it('drops what is long over, keeps what reservations are made of, and forgets no spent credit', () => {
    const brief = synced(null, 'credits', [sold('brief')], now)
    const spent = used(brief, 5, now)
    const later = JANUARY + 71 * DAY
    const dropped = synced(spent, 'credits', [sold('brief')], later)
    expect(dropped).toEqual({
      allowances: [],
      holds: [],
      closed: [{ allowance: 'pi_1', quantity: 5 }],
    })
    expect(syncLedger(dropped, [], later)).toEqual(dropped)
  })
})
