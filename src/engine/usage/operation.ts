import { randomUUID } from 'node:crypto'
import type { Catalog } from '../../core/compile-catalog.ts'
import type { Scope } from '../../core/fact.ts'
import { ProvisoError } from '../../errors.ts'
import { unknownFeature } from '../manual-acts.ts'
import type { FinaliseRequest, ReleaseRequest, ReserveRequest } from './usage-contract.ts'

/** A use of a feature, checked as far as that needs no database. */
export interface Use extends Scope {
  kind: 'track' | 'consume' | 'reserve'
  id: string
  /** The caller chose the id, and may ask again under it. */
  isIdGiven: boolean
  customer: string
  feature: string
  quantity: number
  /** null: the second it is recorded. */
  at: number | null
  /** Seconds; reservations only. */
  expiresIn: number | null
}

/** The end of a reservation. */
export interface Ending extends Scope {
  kind: 'finalise' | 'release'
  id: string
  /** What was used; 0 for a release. */
  quantity: number
}

/** What decides by a ledger: everything but `track`. */
export type Operation = Use | Ending

export function isEnding(operation: Operation): operation is Ending {
  return operation.kind === 'finalise' || operation.kind === 'release'
}

const RESERVED_SECONDS = 900
const RESERVED_SECONDS_MAX = 7 * 86_400

export function useOf(
  catalog: Catalog,
  kind: Use['kind'],
  request: ReserveRequest,
  scope: Scope,
): Use {
  const { customer, feature, quantity = 1, at = null } = request
  usageFeature(catalog, feature)
  checkCustomer(customer)
  checkQuantity(quantity, 1)
  if (at !== null && !isSecond(at)) {
    throw new ProvisoError(
      'invalid_request',
      `at ${String(at)} is no Unix second: use whole seconds since 1970, or leave it out for now.`,
      { details: { at } },
    )
  }
  if (request.id !== undefined) checkId(request.id)
  return {
    account: scope.account,
    livemode: scope.livemode,
    kind,
    id: request.id ?? `use_${randomUUID()}`,
    isIdGiven: request.id !== undefined,
    customer,
    feature,
    quantity,
    at,
    expiresIn: kind === 'reserve' ? expiryOf(request.expiresIn) : null,
  }
}

export function endingOf(
  kind: Ending['kind'],
  request: FinaliseRequest | ReleaseRequest,
  scope: Scope,
): Ending {
  checkId(request.id)
  const quantity = kind === 'finalise' ? (request as FinaliseRequest).quantity : 0
  checkQuantity(quantity, 0)
  return { account: scope.account, livemode: scope.livemode, kind, id: request.id, quantity }
}

/** The definition of a feature that can be used up. */
export function usageFeature(catalog: Catalog, feature: string): { type: 'metered' | 'credits' } {
  const definition = catalog.features.get(feature)
  if (definition === undefined) throw unknownFeature(catalog, feature)
  const { type } = definition
  if (type === 'metered' || type === 'credits') return { type }
  throw new ProvisoError(
    'feature_not_usage',
    `Feature ${feature} is a ${definition.type}, which is not used up: make it metered or credits in the catalog, or ask check.`,
    { details: { feature, type: definition.type } },
  )
}

/** Usage on record of a feature that has left the catalog: what is given of it cannot be told. */
export function lostFeature(
  catalog: Catalog,
  { id, feature }: { id: string; feature: string },
): ProvisoError {
  const known = [...catalog.features.keys()]
  return new ProvisoError(
    'unknown_feature',
    `${id} is usage of feature ${JSON.stringify(feature)}, which is not in the catalog; it has ${known.join(', ') || 'none'}. What is on record stays: put the feature back into the catalog, or ask a process that still has it.`,
    { details: { id, feature, known } },
  )
}

export function checkQuantity(quantity: number, least: number): void {
  if (Number.isSafeInteger(quantity) && quantity >= least) return
  throw new ProvisoError(
    'invalid_quantity',
    `quantity ${String(quantity)} cannot be recorded: use a whole number from ${least} to ${Number.MAX_SAFE_INTEGER}; count what comes in parts in a smaller unit.`,
    { details: { quantity: String(quantity) } },
  )
}

function expiryOf(seconds = RESERVED_SECONDS): number {
  if (Number.isSafeInteger(seconds) && seconds >= 1 && seconds <= RESERVED_SECONDS_MAX) {
    return seconds
  }
  throw new ProvisoError(
    'invalid_request',
    `expiresIn ${String(seconds)} cannot be used: take whole seconds from 1 to ${RESERVED_SECONDS_MAX}, which is 7 days.`,
    { details: { expiresIn: String(seconds) } },
  )
}

/** Also what Stripe takes as the identifier of a meter event: 100 characters at most. */
export function checkId(id: string): void {
  if (typeof id === 'string' && /^[\x20-\x7e]{1,100}$/.test(id) && id.trim() === id) return
  throw new ProvisoError(
    'invalid_request',
    `id ${JSON.stringify(String(id).slice(0, 40))} cannot be used: take 1 to 100 printable ASCII characters without space around them.`,
  )
}

function checkCustomer(customer: string): void {
  const isPlain =
    typeof customer === 'string' &&
    /^[^\p{Cc}\p{Cs}]{1,255}$/u.test(customer) &&
    customer.trim() === customer
  if (isPlain) return
  throw new ProvisoError(
    'invalid_request',
    `customer ${JSON.stringify(String(customer).slice(0, 40))} cannot be used: take 1 to 255 printable characters without space around them.`,
  )
}

function isSecond(at: number): boolean {
  return Number.isSafeInteger(at) && at >= 0
}
