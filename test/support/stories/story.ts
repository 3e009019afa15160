import type { CatalogDefinition } from '../../../src/core/catalog.ts'
import type { GrantState } from '../../../src/core/decision.ts'
import { Account, type Body, Customer, DAY, type Shape, SHAPES, utc } from '../stripe/index.ts'
import { CATALOG } from './catalogs.ts'

/** A customer's whole history at Stripe and what access must follow from it. */
export interface Story {
  /** A sentence. */
  name: string
  /** Rows of the rules of access (SPEC) it tells of. */
  rules: readonly string[]
  catalog: CatalogDefinition
  /** Payload shapes in which the story can be known at all. */
  shapes: readonly Shape[]
  build(shape: Shape): Body[]
  checkpoints: readonly Checkpoint[]
  witness: Witness
}

/** Access at second `at` once everything that happened up to then is held, in whatever order it came. */
export interface Checkpoint {
  at: number
  customer: string
  features: Record<string, Expected>
}

/** Left out: the design leaves room. */
export interface Expected {
  allowed: boolean
  state?: GrantState
  value?: number | boolean | null
  until?: number | null
}

/** What could justify access at all; see `mayBeAllowed`. */
export interface Witness {
  sources: readonly WitnessSource[]
}

export interface WitnessSource {
  kind: 'subscription' | 'purchase' | 'entitlement'
  /** `sub_…`, `cs_…`, or the Stripe customer of an entitlement summary. */
  root: string
  /** Every name it may be served under, also when the event that names the customer is lost. */
  customers: readonly string[]
  features: readonly string[]
  /** Purchases: payments and invoices of the same money. */
  joined?: readonly string[]
  /** Purchases: price paid, minor units. */
  amount?: number
  /** Purchases: second at which it expires at the latest. */
  until?: number
  /** Entitlements: the feature's lookup key at Stripe. */
  lookupKey?: string
  /** Usage is billed for the period before: a paid line vouches for the period after it. */
  isArrears?: boolean
}

export const START = utc('2026-01-15T10:00:00Z')
export const FEBRUARY = utc('2026-02-15T10:00:00Z')
export const MARCH = utc('2026-03-15T10:00:00Z')
export const APRIL = utc('2026-04-15T10:00:00Z')
export const NEXT_YEAR = utc('2027-01-15T10:00:00Z')

/** Second of the n-th day of a story. */
export function day(count: number): number {
  return START + count * DAY
}

export interface StoryFields {
  /** Prefix of the story's ids. */
  id: string
  name: string
  rules: readonly string[]
  catalog?: CatalogDefinition
  shapes?: readonly Shape[]
  /** A thin endpoint's `enabled_events`. */
  events?: readonly string[]
  tell(stripe: Account): void
  checkpoints: readonly Checkpoint[]
  witness: readonly WitnessSource[]
}

export function story(fields: StoryFields): Story {
  return {
    name: fields.name,
    rules: fields.rules,
    catalog: fields.catalog ?? CATALOG,
    shapes: fields.shapes ?? SHAPES,
    build(shape) {
      const events = fields.events === undefined ? {} : { events: fields.events }
      const account = new Account({ shape, prefix: fields.id, start: START, ...events })
      fields.tell(account)
      return account.bodies
    },
    checkpoints: fields.checkpoints,
    witness: { sources: fields.witness },
  }
}

export function check(
  at: number,
  customer: string,
  features: Record<string, Expected>,
): Checkpoint {
  return { at, customer, features }
}

export function yes(state?: GrantState, more: Omit<Expected, 'allowed' | 'state'> = {}): Expected {
  return { allowed: true, ...(state === undefined ? {} : { state }), ...more }
}

export function no(state?: GrantState): Expected {
  return { allowed: false, ...(state === undefined ? {} : { state }) }
}

export function ofSubscription(
  root: string,
  customers: readonly string[],
  features: readonly string[],
  more: Partial<WitnessSource> = {},
): WitnessSource {
  return { kind: 'subscription', root, customers, features, ...more }
}

export function ofPurchase(
  root: string,
  customers: readonly string[],
  features: readonly string[],
  more: Partial<WitnessSource> = {},
): WitnessSource {
  return { kind: 'purchase', root, customers, features, ...more }
}

/** Metadata that names the app's customer. */
export const ADA = { customer_id: 'ada' }
export const BOB = { customer_id: 'bob' }

/** A Stripe customer that says itself whose it is. */
export function ada(stripe: Account): Customer {
  return new Customer(stripe, { metadata: ADA }).emit('customer.created')
}

/** The usual witness: one subscription of Ada's to plan Pro. */
export function adasPro(id: string): WitnessSource {
  return ofSubscription(`sub_${id}1`, ['ada', `cus_${id}1`], ['reports', 'seats'])
}
