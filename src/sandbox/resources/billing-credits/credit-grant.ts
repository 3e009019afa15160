import { inParameter } from '../../protocol/find.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { CreditGrant } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { balanceOf, credit, debit, transactionsOf } from './credit-ledger.ts'

export interface CreditGrantInput {
  readonly amount: {
    readonly monetary: { readonly currency: string; readonly value: number }
  }
  readonly scope: {
    readonly price_type?: 'metered' | undefined
    readonly prices?: readonly { readonly id: string }[] | undefined
  }
  readonly category?: 'paid' | 'promotional' | undefined
  readonly customer: string
  readonly effective_at?: number | undefined
  readonly expires_at?: number | undefined
  readonly metadata?: Readonly<Record<string, string>> | null | undefined
  readonly name?: string | undefined
  readonly priority?: number | undefined
}

/**
 * Grants credits, which count from `effective_at` on until they expire.
 * @throws {StripeError} where the amount, the scope or the times make no sense.
 */
export function createCreditGrant(world: World, input: CreditGrantInput): CreditGrant {
  inParameter(world, 'customer', input.customer, 'customer')
  refuse(world, input)
  const now = world.now(input.customer)
  const { price_type: type, prices } = input.scope
  const grant: CreditGrant = {
    id: world.id('credgr_test'),
    object: 'billing.credit_grant',
    amount: { monetary: input.amount.monetary, type: 'monetary' },
    applicability_config: {
      scope: {
        ...(type === undefined ? {} : { price_type: type }),
        ...(prices === undefined ? {} : { prices: prices.map(({ id }) => ({ id })) }),
      },
    },
    category: input.category ?? 'paid',
    created: now,
    customer: input.customer,
    customer_account: null,
    effective_at: input.effective_at ?? now,
    expires_at: input.expires_at ?? null,
    livemode: false,
    metadata: input.metadata ?? {},
    name: input.name ?? null,
    priority: input.priority ?? 50,
    test_clock: world.testClockOf(input.customer),
    updated: now,
    voided_at: null,
  }
  world.insert('billing.credit_grant', grant)
  world.emit('billing.credit_grant.created', grant)
  if (grant.effective_at !== null && grant.effective_at > now) {
    world.schedule(grant.customer, {
      at: grant.effective_at,
      name: 'credit_grant.begin',
      id: grant.id,
    })
  } else {
    beginCreditGrant(world, grant.id)
  }
  scheduleExpiry(world, grant)
  return grant
}

export function beginCreditGrant(world: World, id: string): void {
  const grant = world.get('billing.credit_grant', id)
  if (grant === undefined || isOver(world, grant)) return
  credit(world, grant, grant.amount.monetary?.value ?? 0, { type: 'credits_granted' })
}

/** At the time set: what is left goes, the grant itself says so already. */
export function lapseCreditGrant(world: World, id: string): void {
  const grant = world.get('billing.credit_grant', id)
  if (grant === undefined || grant.voided_at !== null) return
  const left = balanceOf(world, id)
  if (left > 0) debit(world, grant, left, { type: 'credits_expired' })
}

/** @throws {StripeError} where it is over already. */
export function expireCreditGrant(world: World, grant: CreditGrant): CreditGrant {
  refuseOver(world, grant)
  const now = world.now(grant.customer)
  world.unschedule(grant.customer, 'credit_grant.expire', grant.id)
  const after = world.change(
    'billing.credit_grant',
    grant.id,
    { expires_at: now, updated: now },
    'billing.credit_grant.updated',
  )
  lapseCreditGrant(world, grant.id)
  return after
}

/** @throws {StripeError} where it is over already, or part of it was applied. */
export function voidCreditGrant(world: World, grant: CreditGrant): CreditGrant {
  refuseOver(world, grant)
  const isUsed = transactionsOf(world, grant.id).some(
    ({ debit: entry }) => entry?.type === 'credits_applied',
  )
  if (isUsed) {
    throw invalidRequest('A credit grant that was applied to an invoice cannot be voided.')
  }
  const now = world.now(grant.customer)
  world.unschedule(grant.customer, 'credit_grant.expire', grant.id)
  const left = balanceOf(world, grant.id)
  const after = world.change(
    'billing.credit_grant',
    grant.id,
    { voided_at: now, updated: now },
    'billing.credit_grant.updated',
  )
  if (left > 0) debit(world, after, left, { type: 'credits_voided' })
  return after
}

export function scheduleExpiry(world: World, grant: CreditGrant): void {
  world.unschedule(grant.customer, 'credit_grant.expire', grant.id)
  if (grant.expires_at === null) return
  world.schedule(grant.customer, {
    at: grant.expires_at,
    name: 'credit_grant.expire',
    id: grant.id,
  })
}

export function isOver(world: World, grant: CreditGrant): boolean {
  const now = world.now(grant.customer)
  return grant.voided_at !== null || (grant.expires_at !== null && grant.expires_at <= now)
}

function refuseOver(world: World, grant: CreditGrant): void {
  if (isOver(world, grant)) {
    throw invalidRequest('This credit grant is expired or voided already.')
  }
}

function refuse(world: World, input: CreditGrantInput): void {
  const now = world.now(input.customer)
  if (input.amount.monetary.value <= 0) {
    throw invalidRequest('This value must be greater than or equal to 1.', {
      code: 'parameter_invalid_integer',
      param: 'amount[monetary][value]',
    })
  }
  if ((input.scope.price_type === undefined) === (input.scope.prices === undefined)) {
    throw invalidRequest('You must specify exactly one of `price_type` and `prices`.', {
      param: 'applicability_config[scope]',
    })
  }
  for (const { id } of input.scope.prices ?? []) {
    inParameter(world, 'price', id, 'applicability_config[scope][prices]')
  }
  if (input.expires_at !== undefined && input.expires_at <= (input.effective_at ?? now)) {
    throw invalidRequest('`expires_at` must be after `effective_at`.', { param: 'expires_at' })
  }
}
