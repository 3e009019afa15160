import { inParameter } from '../../protocol/find.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Price, TrialOffer } from '../../tables.ts'
import type { World } from '../../world/world.ts'

export interface TrialOfferInput {
  readonly active?: boolean | undefined
  readonly duration: {
    readonly type: 'relative'
    readonly relative: { readonly iterations: number }
  }
  readonly end_behavior: { readonly transition: { readonly price: string } }
  readonly nickname?: string | undefined
  /** The price while the offer lasts, which may be 0. */
  readonly price: string
}

/**
 * An introductory price for a subscription item, for so many of its intervals, and the price after
 * (stripe-facts row 20). No event tells of it: Stripe has none.
 * @throws {StripeError} 400 where a price is missing, or not a recurring licensed one.
 */
export function createTrialOffer(world: World, input: TrialOfferInput): TrialOffer {
  const next = input.end_behavior.transition.price
  refusePrice(inParameter(world, 'price', input.price, 'price'), 'price')
  const param = 'end_behavior[transition][price]'
  refusePrice(inParameter(world, 'price', next, param), param)
  if (input.duration.relative.iterations < 1) {
    throw invalidRequest('This value must be greater than or equal to 1.', {
      code: 'parameter_invalid_integer',
      param: 'duration[relative][iterations]',
    })
  }
  return world.insert('product_catalog.trial_offer', {
    id: world.id('to'),
    object: 'product_catalog.trial_offer',
    active: input.active ?? true,
    duration: { relative: { iterations: input.duration.relative.iterations }, type: 'relative' },
    end_behavior: { transition: { price: next }, type: 'transition' },
    livemode: false,
    nickname: input.nickname ?? null,
    price: input.price,
  })
}

function refusePrice({ recurring, id }: Price, param: string): void {
  if (recurring?.usage_type === 'licensed') return
  throw invalidRequest(
    `The price ${id} cannot be part of a trial offer: the sandbox offers recurring prices with \`usage_type=licensed\` there.`,
    { param },
  )
}
