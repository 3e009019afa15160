import type { CatalogDefinition } from '../../../src/core/catalog.ts'
import type { Books } from '../books.ts'
import type { Answer } from './contestant.ts'

/** Which app customers a Stripe customer stands for, by what the ledger had said by then (R29). */
export class Identities {
  /** By Stripe customer: app customer → Unix second since when. */
  readonly #apps = new Map<string, Map<string, number>>()

  constructor(books: Books, catalog: CatalogDefinition) {
    const { customerIdMetadataKey: key = 'customer_id', trustClientReferenceId = 'always' } =
      catalog.policy ?? {}
    const isTrusted = (paymentLink: unknown) =>
      trustClientReferenceId === 'always' ||
      (trustClientReferenceId === 'exceptPaymentLinks' && paymentLink === null)
    for (const second of books.moments()) {
      const page = books.page(second)
      for (const { customer, metadata } of page.all('subscription')) {
        this.#note(second, customer, metadata[key])
      }
      for (const session of page.all('checkout.session')) {
        const reference = isTrusted(session.payment_link) ? session.client_reference_id : null
        this.#note(second, session.customer, session.metadata?.[key] ?? reference)
      }
      for (const { id, metadata } of page.all('customer')) this.#note(second, id, metadata?.[key])
    }
  }

  #note(second: number, customer: unknown, app: string | null | undefined): void {
    if (typeof customer !== 'string' || app === null || app === undefined || app === '') return
    const apps = this.#apps.get(customer) ?? new Map<string, number>()
    if (!apps.has(app)) apps.set(app, second)
    this.#apps.set(customer, apps)
  }

  #named(customer: string, second: number): string[] {
    const apps = [...(this.#apps.get(customer) ?? [])].flatMap(([app, since]) =>
      since <= second ? [app] : [],
    )
    return apps.length === 0 ? [customer] : apps
  }

  /** Answers by the app's own customers. Several for one (two Stripe customers, say) are united. */
  byApp(answers: readonly Answer[], second: number): Map<string, Answer> {
    const united = new Map<string, Answer>()
    for (const answer of answers) {
      for (const customer of this.#named(answer.customer, second)) {
        const key = answerKey(customer, answer.feature)
        united.set(key, unite(united.get(key), { ...answer, customer }))
      }
    }
    return united
  }
}

export function answerKey(customer: string, feature: string): string {
  return `${customer}\n${feature}`
}

function unite(held: Answer | undefined, next: Answer): Answer {
  if (held === undefined || !held.allowed) return next
  if (!next.allowed) return held
  const until = held.until === null || next.until === null ? null : Math.max(held.until, next.until)
  return { ...held, value: more(held.value, next.value), until }
}

/** null is without limit. */
function more(a: Answer['value'], b: Answer['value']): Answer['value'] {
  if (a === null || b === null) return null
  return typeof a === 'number' && typeof b === 'number' ? Math.max(a, b) : a || b
}
