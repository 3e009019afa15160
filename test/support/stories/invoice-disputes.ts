import { createByCard, DAY, HOUR, MINUTE, renew } from '../stripe/index.ts'
import { PRO } from './catalogs.ts'
import { ada, adasPro, check, day, FEBRUARY, no, type Story, story, yes } from './story.ts'

export const invoiceDisputes: Story[] = [
  story({
    id: 'firstonly',
    name: 'a dispute of January takes January; February, paid and undisputed, stands',
    rules: ['R20', 'R07'],
    tell(stripe) {
      const { subscription, invoice } = createByCard(stripe, {
        customer: ada(stripe),
        items: [{ price: PRO }],
      })
      stripe.until(day(20))
      const dispute = invoice.intent().dispute()
      stripe.until(day(25))
      dispute.close('lost')
      stripe.until(FEBRUARY)
      const next = renew(subscription)
      stripe.wait(HOUR)
      next.finalize().pay()
    },
    checkpoints: [
      check(day(19), 'ada', { reports: yes('active') }),
      check(day(20) + MINUTE, 'ada', { reports: no('suspended') }),
      check(day(26), 'ada', { reports: no('ended') }),
      check(FEBRUARY + 2 * HOUR, 'ada', { reports: yes('active') }),
      check(FEBRUARY + 20 * DAY, 'ada', { reports: yes('active') }),
    ],
    witness: [adasPro('firstonly')],
  }),
  story({
    id: 'oldone',
    name: 'a dispute of January opened in February touches nothing of February',
    rules: ['R20'],
    tell(stripe) {
      const { subscription, invoice } = createByCard(stripe, {
        customer: ada(stripe),
        items: [{ price: PRO }],
      })
      stripe.until(FEBRUARY)
      const next = renew(subscription)
      stripe.wait(HOUR)
      next.finalize().pay()
      stripe.until(FEBRUARY + 5 * DAY)
      invoice.intent().dispute()
    },
    checkpoints: [check(FEBRUARY + 6 * DAY, 'ada', { reports: yes('active') })],
    witness: [adasPro('oldone')],
  }),
  story({
    id: 'subwin',
    name: 'a won dispute gives the month back',
    rules: ['R20'],
    tell(stripe) {
      const { invoice } = createByCard(stripe, { customer: ada(stripe), items: [{ price: PRO }] })
      stripe.until(day(5))
      const dispute = invoice.intent().dispute()
      stripe.until(day(20))
      dispute.close('won')
    },
    checkpoints: [
      check(day(6), 'ada', { reports: no('suspended') }),
      check(day(21), 'ada', { reports: yes('active') }),
    ],
    witness: [adasPro('subwin')],
  }),
]
