import { describe, expect, it } from 'vitest'
import { compiled } from '../../test/support/catalogs.ts'
import { withPolicy } from '../../test/support/stories/catalogs.ts'
import { access, adas, DAY, HOUR, JANUARY, told, type Asked } from '../../test/support/told.ts'
import type { AnySnapshot, ChargeState, CheckoutSessionState, RefundState } from './fact.ts'

const session = (fields: Partial<CheckoutSessionState> = {}, id = 'cs_1', at = JANUARY) =>
  told(
    'checkout_session',
    id,
    {
      paymentIntent: 'pi_1',
      metadata: { customer_id: 'ada', proviso_product: 'lifetime' },
      ...fields,
    },
    { at },
  )
const charge = (fields: Partial<ChargeState> = {}) => told('charge', 'ch_1', fields)
const refund = (fields: Partial<RefundState> = {}, id = 're_1', at = JANUARY + HOUR) =>
  told('refund', id, fields, { at })

const reports = (snapshots: readonly AnySnapshot[], asked: Asked = {}) =>
  access('reports', snapshots, asked)

describe('a refund of a purchase (R18)', () => {
  it.each([
    ['its payment alone', { charge: null }],
    ['its charge alone', { paymentIntent: null }],
    ['both', {}],
  ])('that names %s revokes it', (_, names) => {
    expect(reports([session(), charge(), refund(names)])).toMatchObject({
      allowed: false,
      state: 'ended',
      reasons: [{ code: 'refunded' }],
    })
  })

  it('in part is kept, until the parts make the whole', () => {
    const parts = [refund({ amount: 1200 }), refund({ amount: 800 }, 're_2')]
    expect(reports([session(), charge(), ...parts.slice(0, 1)])).toMatchObject({ allowed: true })
    expect(reports([session(), charge(), ...parts])).toMatchObject({ state: 'ended' })
  })

  it('is counted once, however often and in whatever state it is told of', () => {
    const twice = [
      refund({ amount: 1200, status: 'pending' }),
      refund({ amount: 1200 }, 're_1', JANUARY + 2 * HOUR),
    ]
    expect(reports([session(), charge(), ...twice])).toMatchObject({ allowed: true })
  })

  it('that failed later gives the purchase back, also while the charge still shows it', () => {
    const failed = refund({ status: 'failed' }, 're_1', JANUARY + 10 * DAY)
    const shown = charge({ amountRefunded: 2000, isRefunded: true })
    const asked = { at: JANUARY + 11 * DAY }
    expect(reports([session(), charge(), refund()], asked)).toMatchObject({ state: 'ended' })
    expect(reports([session(), charge(), refund(), failed], asked)).toMatchObject({ allowed: true })
    expect(reports([session(), shown, refund(), failed], asked)).toMatchObject({ allowed: true })
  })

  it('that only the charge shows counts, and is asked for', () => {
    const decision = adas([session(), charge({ amountRefunded: 2000, isRefunded: true })])
    expect(decision.features['reports']).toMatchObject({ state: 'ended' })
    expect(decision.needs).toMatchObject([{ type: 'charge', object: 'ch_1' }])
  })

  it('follows the policy: kept, or revoked in part as well', () => {
    const kept = compiled(withPolicy({ oneTimeRefund: 'keep' }))
    expect(reports([session(), charge(), refund()], { catalog: kept })).toMatchObject({
      allowed: true,
    })
    const strict = compiled(withPolicy({ partialRefund: 'revoke' }))
    const part = [session(), charge(), refund({ amount: 1 })]
    expect(reports(part, { catalog: strict })).toMatchObject({ state: 'ended' })
  })
})

describe('a payment to be captured (R02)', () => {
  const held = charge({ isCaptured: false })
  const intent = (status: string, at = JANUARY) =>
    told('payment_intent', 'pi_1', { status }, { at })

  it('is pending though Checkout says complete, until it is captured', () => {
    expect(
      reports([session({ paymentStatus: 'unpaid' }), held, intent('requires_capture')]),
    ).toMatchObject({ allowed: false, state: 'pending', reasons: [{ code: 'not_captured' }] })
    const captured = told('charge', 'ch_1', {}, { at: JANUARY + DAY })
    const snapshots = [session({ paymentStatus: 'unpaid' }), held, captured]
    expect(reports(snapshots, { at: JANUARY + 2 * DAY })).toMatchObject({ state: 'active' })
  })

  it('that was canceled instead gives nothing', () => {
    const canceled = intent('canceled', JANUARY + DAY)
    expect(reports([session(), held, intent('requires_capture'), canceled])).toMatchObject({
      allowed: false,
      state: 'none',
      reasons: [{ code: 'payment_canceled' }],
    })
  })
})

describe('a pass (R30)', () => {
  const pass = (id: string, at: number) =>
    session(
      {
        paymentIntent: null,
        created: at,
        metadata: { customer_id: 'ada', proviso_product: 'pass' },
      },
      id,
      at,
    )
  const exports = (snapshots: readonly AnySnapshot[], at: number) =>
    access('exports', snapshots, { at })

  it('lasts its days from when the money came in', () => {
    const snapshots = [pass('cs_1', JANUARY)]
    expect(exports(snapshots, JANUARY + 30 * DAY - 1)).toMatchObject({
      allowed: true,
      until: JANUARY + 30 * DAY,
    })
    expect(exports(snapshots, JANUARY + 30 * DAY)).toMatchObject({ allowed: false, state: 'ended' })
  })

  it('bought while one runs begins where that one ends, whichever is heard of first', () => {
    const [first, second] = [pass('cs_1', JANUARY), pass('cs_2', JANUARY + 10 * DAY)]
    for (const snapshots of [
      [first, second],
      [second, first],
    ]) {
      expect(exports(snapshots, JANUARY + 45 * DAY)).toMatchObject({
        allowed: true,
        until: JANUARY + 60 * DAY,
      })
    }
  })

  it('not paid yet holds up none that is', () => {
    const waiting = session(
      {
        paymentStatus: 'unpaid',
        paymentIntent: null,
        metadata: { customer_id: 'ada', proviso_product: 'pass' },
      },
      'cs_0',
    )
    expect(exports([waiting, pass('cs_2', JANUARY)], JANUARY + DAY)).toMatchObject({
      state: 'active',
      until: JANUARY + 30 * DAY,
    })
  })

  it('bought in one second with another runs after it, by the order of their names', () => {
    const twins = [pass('cs_2', JANUARY), pass('cs_1', JANUARY)]
    const grants = adas(twins).grants.map(({ source, until }) => [source, until])
    expect(grants).toEqual([
      ['cs_1', JANUARY + 30 * DAY],
      ['cs_2', JANUARY + 60 * DAY],
    ])
  })

  it('bought after one has ended runs from its own day', () => {
    const [first, second] = [pass('cs_1', JANUARY), pass('cs_2', JANUARY + 40 * DAY)]
    expect(exports([first], JANUARY + 35 * DAY)).toMatchObject({ allowed: false })
    expect(exports([first, second], JANUARY + 41 * DAY)).toMatchObject({
      allowed: true,
      until: JANUARY + 70 * DAY,
    })
  })
})

describe('several passes in one Checkout', () => {
  const catalog = compiled({
    features: { exports: { type: 'flag' }, seats: { type: 'quantity' }, runs: { type: 'credits' } },
    products: {
      flag: {
        match: { prices: ['price_flag'] },
        grants: { exports: true },
        duration: { days: 30 },
      },
      seat: {
        match: { prices: ['price_seat'] },
        grants: { seats: 'quantity' },
        duration: { days: 30 },
      },
      run: {
        match: { prices: ['price_run'] },
        grants: { runs: { amount: 10, per: 'quantity' } },
        duration: { days: 30 },
      },
      fixed: {
        match: { prices: ['price_fixed'] },
        grants: { runs: { amount: 10 } },
        duration: { days: 30 },
      },
    },
  })
  const sold = (price: string, feature: string) =>
    access(
      feature,
      [
        session({
          metadata: { customer_id: 'ada' },
          lineItems: [{ price, product: null, lookupKey: null, quantity: 2 }],
        }),
      ],
      { catalog },
    )

  it('last as many times as long, where a pass is a time', () => {
    expect(sold('price_flag', 'exports').until).toBe(JANUARY + 60 * DAY)
    expect(sold('price_fixed', 'runs')).toMatchObject({ value: 10, until: JANUARY + 60 * DAY })
  })

  it('give as many times as much, where a pass is an amount', () => {
    expect(sold('price_seat', 'seats')).toMatchObject({ value: 2, until: JANUARY + 30 * DAY })
    expect(sold('price_run', 'runs')).toMatchObject({ value: 20, until: JANUARY + 30 * DAY })
  })
})

describe('what a Checkout sold', () => {
  it('is asked for where neither metadata nor lines tell', () => {
    const decision = adas([session({ metadata: { customer_id: 'ada' } })])
    expect(decision.features['reports']).toMatchObject({ allowed: false })
    expect(decision.needs).toMatchObject([{ type: 'checkout_session', object: 'cs_1' }])
  })

  it('is what its line items say once they were read', () => {
    const lineItems = [
      { price: 'price_lifetime', product: null, lookupKey: null, quantity: 1 },
      { price: 'price_mystery', product: null, lookupKey: null, quantity: 1 },
    ]
    const read = session({ metadata: { customer_id: 'ada' }, lineItems }, 'cs_1', JANUARY + HOUR)
    const decision = adas([session({ metadata: { customer_id: 'ada' } }), read])
    expect(decision.features['reports']).toMatchObject({ allowed: true })
    expect(decision.needs).toEqual([])
    expect(decision.alerts).toMatchObject([{ code: 'unmatched_price' }])
  })

  it('is an alert where its metadata names no product of the catalog', () => {
    const odd = session({ metadata: { customer_id: 'ada', proviso_product: 'lifetme' } })
    expect(adas([odd]).alerts).toMatchObject([{ code: 'unknown_product', objects: ['cs_1'] }])
  })
})
