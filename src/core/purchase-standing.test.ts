import { describe, expect, it } from 'vitest'
import { compiled } from '../../test/support/catalogs.ts'
import { withPolicy } from '../../test/support/stories/catalogs.ts'
import { access, DAY, HOUR, JANUARY, line, told, type Asked } from '../../test/support/told.ts'
import type { AnySnapshot, CheckoutSessionState, PaymentIntentState } from './fact.ts'

const UNPAID = { paymentStatus: 'unpaid' }
const FAILED = { eventType: 'checkout.session.async_payment_failed' }
const session = (fields: Partial<CheckoutSessionState> = {}, at = JANUARY, evidence = {}) =>
  told(
    'checkout_session',
    'cs_1',
    {
      paymentIntent: 'pi_1',
      metadata: { customer_id: 'ada', proviso_product: 'lifetime' },
      ...fields,
    },
    { at, ...evidence },
  )
const intent = (fields: Partial<PaymentIntentState>, at = JANUARY) =>
  told('payment_intent', 'pi_1', fields, { at })
const charge = (fields: object, at = JANUARY) => told('charge', 'ch_1', fields, { at })

const LATER = JANUARY + 3 * DAY
/** State, code and evidence of what was bought. */
function standing(snapshots: readonly AnySnapshot[], asked: Asked = { at: LATER }) {
  const { state, reasons, until } = access('reports', snapshots, asked)
  const [{ code = '', events = [], objects = [] } = {}] = reasons
  return {
    state,
    code,
    events: events.map((id) => id.split('_').slice(1, -1).join('_')),
    objects,
    until,
  }
}

describe('a Checkout that is complete and not paid', () => {
  it('is under way, and pending', () => {
    expect(standing([session(UNPAID)])).toEqual({
      state: 'pending',
      code: 'payment_processing',
      events: ['checkout_session_cs_1'],
      objects: ['cs_1', 'pi_1'],
      until: null,
    })
  })

  it('is served meanwhile where the policy says so, for the days a debit may take', () => {
    const catalog = compiled(withPolicy({ grantWhileProcessing: true, processingDays: 4 }))
    const end = JANUARY + 4 * DAY
    expect(standing([session(UNPAID)], { at: end - 1, catalog })).toMatchObject({
      state: 'active',
      until: end,
    })
    expect(standing([session(UNPAID)], { at: end, catalog }).state).toBe('pending')
  })

  it.each([
    ['by its charge', charge({}, LATER), 'charge_ch_1'],
    ['by its payment', intent({ status: 'succeeded' }, LATER), 'payment_intent_pi_1'],
    ['by its own later word', session({}, LATER), 'checkout_session_cs_1'],
  ])('is paid once money comes, as told %s', (_, money, evidence) => {
    expect(standing([session(UNPAID), money])).toMatchObject({
      state: 'active',
      code: 'purchased',
      events: [evidence],
    })
  })

  it('is paid once its invoice is', () => {
    const invoiced = session({ ...UNPAID, paymentIntent: null, invoice: 'in_1' })
    const invoice = (status: string) =>
      told('invoice', 'in_1', { status, subscription: null, customer: null, lines: [] })
    expect(standing([invoiced, invoice('open')])).toMatchObject({ code: 'payment_processing' })
    expect(standing([invoiced, invoice('paid')])).toMatchObject({
      code: 'purchased',
      events: ['invoice_in_1'],
    })
  })
})

describe('a delayed payment that failed', () => {
  const failed = session(UNPAID, JANUARY + DAY, FAILED)

  it('refuses what was bought', () => {
    expect(standing([session(UNPAID), failed])).toMatchObject({
      state: 'none',
      code: 'payment_failed',
    })
  })

  it.each([
    ['the session', session({}, LATER)],
    ['the payment', intent({ status: 'succeeded' }, LATER)],
    ['the charge', charge({}, LATER)],
  ])('is beaten by later money of %s', (_, money) => {
    expect(standing([session(UNPAID), failed, money]).state).toBe('active')
  })
})

describe('a payment of a Checkout that shows an error', () => {
  const error = { status: 'requires_payment_method', hasPaymentError: true }

  it('failed where that came after the Checkout was complete, or with it', () => {
    expect(standing([session(UNPAID), intent(error, JANUARY + HOUR)]).code).toBe('payment_failed')
    expect(standing([session(UNPAID), intent(error, JANUARY)]).code).toBe('payment_failed')
  })

  it('is tried again where that came before: Checkout completes only once one is under way', () => {
    expect(standing([session(UNPAID), intent(error, JANUARY - 1)]).code).toBe('payment_processing')
  })

  it('means nothing without one', () => {
    const open = intent({ status: 'requires_payment_method' }, LATER)
    expect(standing([session(UNPAID), open]).code).toBe('payment_processing')
  })
})

describe('a payment that was only authorised', () => {
  it.each([
    ['its charge', charge({ isCaptured: false })],
    ['its payment', intent({ status: 'requires_capture' })],
  ])('is pending, as told by %s, although the session says paid', (_, held) => {
    expect(standing([session(), held])).toMatchObject({ state: 'pending', code: 'not_captured' })
  })

  it('is gone once canceled, and bought once captured', () => {
    const canceled = intent({ status: 'canceled' }, LATER)
    expect(standing([session(), charge({ isCaptured: false }), canceled])).toMatchObject({
      state: 'none',
      code: 'payment_canceled',
    })
    const captured = charge({}, LATER)
    expect(standing([session(), charge({ isCaptured: false }), captured]).state).toBe('active')
  })

  it('is no business of a charge that failed', () => {
    expect(standing([session(), charge({ status: 'failed', isCaptured: false })]).state).toBe(
      'active',
    )
  })
})

describe('a payment of the app’s own that names a product', () => {
  const own = (status: string, more: Partial<PaymentIntentState> = {}) =>
    standing([
      intent({ status, metadata: { customer_id: 'ada', proviso_product: 'lifetime' }, ...more }),
    ])

  it.each([
    ['succeeded', 'active', 'purchased'],
    ['requires_capture', 'pending', 'not_captured'],
    ['canceled', 'none', 'payment_canceled'],
    ['processing', 'pending', 'payment_processing'],
    ['requires_payment_method', 'pending', 'payment_open'],
    ['requires_action', 'pending', 'payment_open'],
  ])('and is %s is %s', (status, state, code) => {
    expect(own(status)).toMatchObject({ state, code, objects: ['pi_1'] })
  })

  it('and failed is refused', () => {
    expect(own('requires_payment_method', { hasPaymentError: true }).code).toBe('payment_failed')
  })

  it('is not counted beside the session or invoice it paid', () => {
    const named = { metadata: { customer_id: 'ada', proviso_product: 'pass' } }
    const exported = (...snapshots: AnySnapshot[]) => access('exports', snapshots).allowed
    const grant = told('manual_grant', 'act_1', {})
    expect(exported(grant, intent(named))).toBe(true)
    expect(exported(grant, session(), intent(named))).toBe(false)
    expect(exported(grant, intent({ ...named, invoice: 'in_9' }))).toBe(false)
  })
})

describe('one-time lines of an invoice', () => {
  const fee = line({
    price: 'price_lifetime',
    subscription: null,
    subscriptionItem: null,
    isSubscriptionLine: false,
  })
  const invoice = (status: string, lines = [fee]) =>
    told('invoice', 'in_1', {
      status,
      subscription: null,
      metadata: { customer_id: 'ada' },
      lines,
    })
  const grant = told('manual_grant', 'act_1', { feature: 'exports' })

  it.each([
    ['paid', 'active'],
    ['open', 'pending'],
    ['draft', 'none'],
    ['void', 'none'],
    ['uncollectible', 'none'],
  ])('that is %s are %s', (status, state) => {
    expect(standing([grant, invoice(status)]).state).toBe(state)
  })

  it('are bought at no price as well, but not where they credit something', () => {
    expect(standing([grant, invoice('paid', [{ ...fee, amount: 0 }])]).state).toBe('active')
    expect(standing([grant, invoice('paid', [{ ...fee, amount: -1 }])]).state).toBe('none')
  })

  it.each([
    ['a proration', { isProration: true }],
    ['a period of a subscription', { isSubscriptionLine: true }],
    ['an item of one', { subscriptionItem: 'si_1' }],
  ])('are not those of %s', (_, fields) => {
    expect(standing([grant, invoice('paid', [{ ...fee, ...fields }])]).state).toBe('none')
  })

  it('are the session’s where that sold them', () => {
    const sold = session({ paymentIntent: null, invoice: 'in_1', ...UNPAID })
    expect(standing([sold, invoice('paid')])).toMatchObject({ state: 'active', objects: ['cs_1'] })
  })
})
