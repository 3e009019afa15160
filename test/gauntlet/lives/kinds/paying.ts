import { kind, type Kind } from '../kind.ts'
import { pick } from '../life-stage.ts'

const CARDS = {
  'a card that pays': 'pm_card_visa',
  'a card that is declined': 'pm_card_chargeCustomerFail',
  'a card that is disputed': 'pm_card_createDispute',
  'a card that is inquired about': 'pm_card_createDisputeInquiry',
  'a card whose refunds fail': 'pm_card_refundFail',
  'a card that wants 3D Secure': 'pm_card_authenticationRequired',
  'a SEPA debit': 'pm_sepaDebit_success_de',
  'a SEPA debit that fails': 'pm_sepaDebit_failed_de',
} as const

type Card = keyof typeof CARDS

const card = kind<{ which: number; card: Card }>(
  'card',
  8,
  {
    which: [0, 0, 0, 1],
    card: [
      ...(['a card that pays', 'a card that pays', 'a card that pays'] as const),
      ...(['a card that is declined', 'a card that is declined'] as const),
      ...(Object.keys(CARDS) as Card[]).slice(1),
    ],
  },
  {
    words: ({ card }) => `changes to ${card}`,
    async play(stage, { which, card }) {
      const customer = pick(stage.customers(), which)
      if (customer === undefined) return null
      await stage.payBy(customer, CARDS[card])
      return customer
    },
  },
)

const pay = kind<{ newest: boolean; how: 'card' | 'outOfBand' }>(
  'pay',
  5,
  { newest: [true, true, false], how: ['card', 'card', 'card', 'outOfBand'] },
  {
    words: ({ newest, how }) =>
      `pays the ${newest ? 'newest' : 'oldest'} open invoice${how === 'card' ? '' : ' out of band'}`,
    async play(stage, { newest, how }) {
      const invoice = stage.invoices('open', 'uncollectible').at(newest ? -1 : 0)
      if (invoice === undefined) return null
      await stage.api.invoices.pay(invoice.id, how === 'card' ? {} : { paid_out_of_band: true })
      return invoice.id
    },
  },
)

const giveUp = kind<{ newest: boolean; how: 'void' | 'uncollectible' }>(
  'giveUp',
  3,
  { newest: [true, true, false], how: ['void', 'uncollectible'] },
  {
    words: ({ newest, how }) =>
      `${how === 'void' ? 'voids' : 'writes off'} the ${newest ? 'newest' : 'oldest'} open invoice`,
    async play(stage, { newest, how }) {
      const invoice = stage.invoices('open').at(newest ? -1 : 0)
      if (invoice === undefined) return null
      if (how === 'void') await stage.api.invoices.voidInvoice(invoice.id)
      else await stage.api.invoices.markUncollectible(invoice.id)
      return invoice.id
    },
  },
)

const finalize = kind<{ newest: boolean }>(
  'finalize',
  1,
  { newest: [true, false] },
  {
    words: () => 'finalises a draft',
    async play(stage, { newest }) {
      const invoice = stage.invoices('draft').at(newest ? -1 : 0)
      if (invoice === undefined) return null
      await stage.api.invoices.finalizeInvoice(invoice.id)
      return invoice.id
    },
  },
)

const credit = kind<{ which: number; amount: number }>(
  'credit',
  2,
  { which: [0, 0, 1], amount: [500, 20_000] },
  {
    words: ({ amount }) => `is credited ${amount / 100}.00`,
    async play(stage, { which, amount }) {
      const customer = pick(stage.customers(), which)
      if (customer === undefined) return null
      await stage.api.customers.createBalanceTransaction(customer, {
        amount: -amount,
        currency: 'eur',
      })
      return customer
    },
  },
)

export const PAYING: readonly Kind[] = [card, pay, giveUp, finalize, credit]
