import { randomUUID } from 'node:crypto'
import type { Catalog } from '../core/compile-catalog.ts'
import type { Scope } from '../core/fact.ts'
import type { ManualGrantState } from '../core/fact.ts'
import { ProvisoError } from '../errors.ts'
import type { ActLog } from './act-log.ts'
import type { GrantRequest, RevokeRequest } from './engine.ts'

export interface ManualActsOptions {
  catalog: Catalog
  log: ActLog
  now: () => Promise<number>
  scopeOf: (scope: Partial<Scope>) => Promise<Scope>
  /** Grants of a person that are held for a customer, revoked ones included. */
  held: (customer: string, scope: Scope) => Promise<{ id: string; state: ManualGrantState }[]>
}

/** A person's grants and revocations: observations like any other, so a rebuild keeps them (law 6). */
export function createManualActs({ catalog, log, now, scopeOf, held }: ManualActsOptions) {
  return {
    async grant(request: GrantRequest) {
      const definition = catalog.features.get(request.feature)
      if (definition === undefined) throw unknownFeature(catalog, request.feature)
      const { customer, feature, id = `grant_${randomUUID()}` } = request
      checkName('customer', customer)
      checkName('id', id)
      const value = request.value ?? null
      const isFitting =
        definition.type === 'flag' ? value === null || value === true : value !== true
      if (!isFitting || value === false || (typeof value === 'number' && !isCount(value))) {
        throw new ProvisoError(
          'invalid_request',
          `value ${JSON.stringify(value)} does not fit feature ${feature}, a ${definition.type}: ${definition.type === 'flag' ? 'leave it out or use true' : 'use a whole number from 0, or leave it out'}.`,
        )
      }
      const until = request.until ?? null
      if (until !== null && !isCount(until)) {
        throw new ProvisoError(
          'invalid_request',
          `until ${String(until)} is no Unix second: use whole seconds since 1970, or leave it out for good.`,
        )
      }
      const scope = await scopeOf(request)
      const known = await log.grant(scope, {
        object: 'proviso.manual',
        act: 'grant',
        id,
        customer,
        feature,
        value,
        from: await now(),
        until,
        note: request.note ?? null,
      })
      const isSame = known.every(
        (act) =>
          act.act === 'grant' &&
          act.customer === customer &&
          act.feature === feature &&
          act.value === value &&
          act.until === until,
      )
      if (!isSame) {
        throw new ProvisoError(
          'invalid_request',
          `Grant id ${id} was used before for another grant, or was revoked: choose a new id.`,
        )
      }
      return { id, customer, feature }
    },

    async revoke(request: RevokeRequest) {
      checkName('customer', request.customer)
      const scope = await scopeOf(request)
      const grants = await held(request.customer, scope)
      const wanted = grants.filter(({ id, state }) =>
        'id' in request ? id === request.id : state.feature === request.feature,
      )
      if (wanted.length === 0) {
        const what = 'id' in request ? `with id ${request.id}` : `of ${request.feature}`
        throw new ProvisoError(
          'not_found',
          `Customer ${request.customer} has no grant by hand ${what}: see GET /v1/customers/${encodeURIComponent(request.customer)}/grants.`,
        )
      }
      const from = await now()
      const open = wanted.filter(({ state }) => !state.isRevoked)
      if (open.length === 0) return { revoked: [] }
      const revoked = await log.revoke(
        scope,
        open.map(({ id, state: { customer, feature, value, until, note } }) => ({
          object: 'proviso.manual',
          act: 'revoke',
          id,
          customer,
          feature,
          value,
          from,
          until,
          note,
        })),
      )
      return { revoked }
    },
  }
}

export function unknownFeature(catalog: Catalog, feature: string): ProvisoError {
  const known = [...catalog.features.keys()]
  return new ProvisoError(
    'unknown_feature',
    `Feature ${JSON.stringify(feature)} is not in the catalog; it has ${known.join(', ') || 'none'}.`,
    { details: { feature, known } },
  )
}

function checkName(what: string, value: string): void {
  const isPlain = /^[^\p{Cc}\p{Cs}]{1,255}$/u.test(value) && value.trim() === value
  if (isPlain) return
  throw new ProvisoError(
    'invalid_request',
    `${what} ${JSON.stringify(value.slice(0, 40))} cannot be used: take 1 to 255 printable characters without space around them.`,
  )
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}
