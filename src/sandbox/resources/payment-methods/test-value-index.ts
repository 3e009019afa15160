import { PLAIN_DEBIT, type Behaviour } from './behaviour.ts'
import {
  SEPA_ENDINGS,
  TEST_ACCOUNTS,
  TEST_CARDS,
  type TestAccount,
  type TestCard,
} from './test-values.ts'

const cardsByName = new Map(TEST_CARDS.flatMap((card) => card.names.map((name) => [name, card])))
// The first of a number wins: the later ones are published by name only.
const cardsByNumber = new Map([...TEST_CARDS].reverse().map((card) => [card.number, card]))
const accountsByName = new Map(
  TEST_ACCOUNTS.flatMap((account) => account.names.map((name) => [name, account])),
)
const accountsByNumber = new Map(
  TEST_ACCOUNTS.map((account) => [`${account.type} ${account.number}`, account]),
)

/** The card of `pm_card_visa` or `tok_visa`. */
export function testCardNamed(idOrToken: string): TestCard | undefined {
  const name = /^(?:pm_card|tok)_(.+)$/u.exec(idOrToken)?.[1]
  return name === undefined ? undefined : cardsByName.get(name)
}

export function testCardNumbered(number: string): TestCard | undefined {
  return cardsByNumber.get(number)
}

/** The account of `pm_sepaDebit_success_at`, `pm_usBankAccount_success`, `pm_bacsDebit_success`. */
export function testAccountNamed(id: string): TestAccount | undefined {
  const named = accountsByName.get(id)
  if (named !== undefined) return named
  const ending = SEPA_ENDINGS.find(([, name]) => id.startsWith(`pm_sepaDebit_${name}_`))
  if (ending === undefined) return undefined
  const country = id.slice(-2)
  const plain = accountsByName.get(`pm_sepaDebit_success_${country}`)
  if (plain === undefined) return undefined
  const number = `${plain.number.slice(0, -ending[0].length)}${ending[0]}`
  return { ...plain, number, behaviour: { ...PLAIN_DEBIT, ...ending[2] } }
}

/** What an account does; one that Stripe does not publish simply works. */
export function behaviourOfAccount(type: TestAccount['type'], number: string): Behaviour {
  const known = accountsByNumber.get(`${type} ${number}`)
  if (known !== undefined) return known.behaviour
  const ending =
    type === 'sepa_debit' ? SEPA_ENDINGS.find(([end]) => number.endsWith(end)) : undefined
  return ending === undefined ? PLAIN_DEBIT : { ...PLAIN_DEBIT, ...ending[2] }
}
