import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  TEST_ACCOUNTS,
  TEST_CARDS,
} from '../../../src/sandbox/resources/payment-methods/test-values.ts'
import { judged, type Judged } from './judged.ts'

const METHODS = [
  ...TEST_CARDS.flatMap(({ names }) => names.map((name) => `pm_card_${name}`)),
  ...TEST_ACCOUNTS.flatMap(({ names }) => names),
]

/** Where a random step may lead: any intent, charge, refund or dispute there is. */
async function target(stripe: Judged, pick: number) {
  const { world } = stripe.sandbox
  const ids = (['payment_intent', 'charge', 'refund', 'dispute', 'payment_method'] as const).map(
    (name) => {
      const all = [...world.table(name).values()]
      return all[pick % Math.max(1, all.length)]?.id ?? 'none'
    },
  )
  const [intent, charge, refund, dispute, method] = ids
  return { intent, charge, refund, dispute, method }
}

const STEPS = [
  'pay',
  'hold',
  'prepare',
  'confirm',
  'capture',
  'cancel',
  'refund',
  'refundAll',
  'evidence',
  'close',
  'attach',
  'detach',
  'setup',
  'fund',
  'wait',
  'pass',
] as const

it('no sequence of calls breaks the sandbox, and every answer and event keeps to its type', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          step: fc.constantFrom(...STEPS),
          method: fc.constantFrom(...METHODS),
          pick: fc.nat(50),
          amount: fc.integer({ min: 1, max: 3_000 }),
          offSession: fc.boolean(),
          text: fc.constantFrom('winning_evidence', 'losing_evidence', 'escalate_inquiry_evidence'),
        }),
        { minLength: 1, maxLength: 25 },
      ),
      async (steps) => {
        const stripe = await judged()
        const customer = (await stripe.post('/v1/customers')).id
        for (const { step, method, pick, amount, offSession, text } of steps) {
          const at = await target(stripe, pick)
          const pay = {
            amount: 2_000,
            currency: 'usd',
            customer,
            payment_method: method,
            allowed_payment_method_types: [
              'card',
              'sepa_debit',
              'bacs_debit',
              'us_bank_account',
              'customer_balance',
            ],
          }
          const run = {
            pay: ['/v1/payment_intents', { ...pay, confirm: true, off_session: offSession }],
            hold: ['/v1/payment_intents', { ...pay, confirm: true, capture_method: 'manual' }],
            prepare: ['/v1/payment_intents', { amount: 2_000, currency: 'usd', customer }],
            confirm: [`/v1/payment_intents/${at.intent}/confirm`, { payment_method: method }],
            capture: [`/v1/payment_intents/${at.intent}/capture`, { amount_to_capture: amount }],
            cancel: [`/v1/payment_intents/${at.intent}/cancel`, {}],
            refund: ['/v1/refunds', { charge: at.charge, amount }],
            refundAll: ['/v1/refunds', { payment_intent: at.intent }],
            evidence: [`/v1/disputes/${at.dispute}`, { evidence: { uncategorized_text: text } }],
            close: [`/v1/disputes/${at.dispute}/close`, {}],
            attach: [`/v1/payment_methods/${method}/attach`, { customer }],
            detach: [`/v1/payment_methods/${at.method}/detach`, {}],
            setup: ['/v1/setup_intents', { customer, payment_method: method, confirm: true }],
            fund: [
              `/v1/test_helpers/customers/${customer}/fund_cash_balance`,
              { amount, currency: 'usd' },
            ],
            wait: null,
            pass: [`/v1/payment_intents/${at.intent}`, { metadata: { amount } }],
          }[step] as [string, object] | null
          if (run === null) await stripe.advance(amount)
          else {
            const { status } = await stripe.call('POST', run[0], { ...run[1] })
            expect(status, `${run[0]} ${JSON.stringify(run[1])}`).toBeLessThan(500)
          }
        }
        await stripe.advance(10 * 86_400)
        money(stripe)
      },
    ),
    { numRuns: 25 },
  )
}, 240_000)

/** What must hold of the money however it came about. */
function money(stripe: Judged): void {
  const { world } = stripe.sandbox
  for (const charge of world.table('charge').values()) {
    const refunds = world
      .where('refund', 'charge', charge.id)
      .filter(({ status }) => status === 'succeeded' || status === 'pending')
    const back = refunds.reduce((sum, { amount }) => sum + amount, 0)
    expect(charge.amount_refunded).toBe(back)
    expect(charge.amount_refunded).toBeLessThanOrEqual(charge.amount)
    if (charge.status === 'succeeded' && charge.captured) {
      expect(charge.balance_transaction).not.toBeNull()
    }
  }
  for (const intent of world.table('payment_intent').values()) {
    const charge = world.get('charge', intent.latest_charge)
    if (intent.status === 'succeeded') expect(intent.amount_received).toBe(charge?.amount_captured)
    if (intent.status === 'processing') expect(charge?.status).toBe('pending')
  }
}
