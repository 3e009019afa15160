import type {
  CheckoutSession,
  Invoice,
  PaymentIntent,
  Subscription,
} from '../../../src/sandbox/tables.ts'
import type { Ledger } from './ledger.ts'
import type { TermsOfSale } from './terms-of-sale.ts'

/** Whose a purchase is, in the app's own names (SPEC R29): told for each source by itself. */
export class Owners {
  readonly #ledger: Ledger
  readonly #sale: TermsOfSale
  readonly #sessions: readonly CheckoutSession[]
  readonly #knownBy = new Map<string, Set<string>>()

  constructor(ledger: Ledger, sale: TermsOfSale) {
    this.#ledger = ledger
    this.#sale = sale
    this.#sessions = ledger.page.all('checkout.session')
    for (const session of this.#sessions) this.#note(session.customer, this.#bySession(session))
    for (const subscription of ledger.page.all('subscription')) {
      this.#note(subscription.customer, this.#bySubscription(subscription))
    }
    for (const intent of ledger.page.all('payment_intent')) {
      this.#note(intent.customer, this.#named(intent.metadata))
    }
  }

  ofSubscription(subscription: Subscription): string {
    return this.#bySubscription(subscription) ?? this.ofCustomer(subscription.customer)
  }

  ofSession(session: CheckoutSession): string {
    const named = this.#bySession(session)
    if (named !== undefined) return named
    return session.customer === null ? session.id : this.ofCustomer(session.customer)
  }

  ofIntent(intent: PaymentIntent): string {
    const named = this.#named(intent.metadata)
    if (named !== undefined) return named
    return intent.customer === null ? intent.id : this.ofCustomer(intent.customer)
  }

  ofInvoice(invoice: Invoice): string {
    const subscription = this.#ledger.page.get(
      'subscription',
      invoice.parent?.subscription_details?.subscription,
    )
    if (subscription !== undefined) return this.ofSubscription(subscription)
    const session = this.#sessions.find((made) => made.invoice === invoice.id)
    if (session !== undefined) return this.ofSession(session)
    return this.#named(invoice.metadata) ?? this.ofCustomer(invoice.customer ?? invoice.id)
  }

  /** By Stripe's customer: its own metadata, the one app customer known for it, its id. */
  ofCustomer(customer: string): string {
    const named = this.#named(this.#ledger.versions('customer', customer).at(-1)?.value.metadata)
    if (named !== undefined) return named
    const known = [...(this.#knownBy.get(customer) ?? [])]
    const [only] = known
    return only !== undefined && known.length === 1 ? only : customer
  }

  #note(customer: string | null, name: string | undefined): void {
    if (customer === null || name === undefined) return
    this.#knownBy.set(customer, (this.#knownBy.get(customer) ?? new Set()).add(name))
  }

  #bySubscription(subscription: Subscription): string | undefined {
    const session = this.#sessions.find((made) => made.subscription === subscription.id)
    return (
      this.#named(subscription.metadata) ??
      (session === undefined ? undefined : this.#bySession(session))
    )
  }

  #bySession(session: CheckoutSession): string | undefined {
    const { trustClientReferenceId: trust } = this.#sale.policy
    const isTrusted =
      trust === 'always' || (trust === 'exceptPaymentLinks' && session.payment_link === null)
    const reference = isTrusted ? session.client_reference_id : null
    return this.#named(session.metadata) ?? (reference === null ? undefined : reference)
  }

  #named(metadata: Readonly<Record<string, string>> | null | undefined): string | undefined {
    const name = metadata?.[this.#sale.policy.customerIdMetadataKey]
    return name === undefined || name === '' ? undefined : name
  }
}
