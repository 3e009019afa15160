import Stripe from 'stripe'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { errorOf, openSdkFixture, sdkFor } from './sdk-fixture.ts'
import type { SdkFixture } from './sdk-fixture.ts'

const { errors } = Stripe

describe('an error', () => {
  let fixture: SdkFixture
  beforeEach(async () => {
    fixture = await openSdkFixture()
  })
  afterEach(() => fixture.close())

  it('of a key that is none', async () => {
    const error = await errorOf(sdkFor(fixture.sandbox.url, 'pk_test_wrong').products.list())
    expect(error).toBeInstanceOf(errors.StripeAuthenticationError)
    expect(error).toMatchObject({ statusCode: 401, requestId: expect.stringMatching(/^req_/) })
  })

  it('of a parameter that is missing, unknown or of another kind names it', async () => {
    const { products } = fixture.stripe
    const calls: [Promise<unknown>, object][] = [
      [products.create({} as never), { param: 'name', code: 'parameter_missing' }],
      [
        products.create({ name: 'Pro', colour: 'red' } as never),
        { param: 'colour', code: 'parameter_unknown' },
      ],
      [products.create({ name: 'Pro', active: 'perhaps' } as never), { param: 'active' }],
    ]
    for (const [call, expected] of calls) {
      const error = await errorOf(call)
      expect(error).toBeInstanceOf(errors.StripeInvalidRequestError)
      expect(error).toMatchObject({ statusCode: 400, requestId: expect.any(String), ...expected })
    }
  })

  it('of an id that names nothing is 404 in the path and 400 in a parameter', async () => {
    const { products, prices } = fixture.stripe
    expect(await errorOf(products.retrieve('prod_none'))).toMatchObject({
      ...{ type: 'StripeInvalidRequestError', statusCode: 404, code: 'resource_missing' },
      message: "No such product: 'prod_none'",
    })
    const price = { product: 'prod_none', currency: 'eur', unit_amount: 900 }
    expect(await errorOf(prices.create(price))).toMatchObject({
      ...{ statusCode: 400, code: 'resource_missing', param: 'product' },
    })
  })

  it('of a route that the sandbox does not have is an error too', async () => {
    const error = await errorOf(fixture.stripe.climate.orders.list())
    expect(error).toBeInstanceOf(errors.StripeInvalidRequestError)
    expect(error.message).toContain('/v1/climate/orders')
  })

  it('of a card says what the bank said, and carries the payment', async () => {
    const error = await errorOf(
      fixture.stripe.paymentIntents.create({
        amount: 900,
        currency: 'eur',
        confirm: true,
        payment_method: 'pm_card_chargeDeclined',
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      }),
    )
    expect(error).toBeInstanceOf(errors.StripeCardError)
    expect(error).toMatchObject({
      ...{ statusCode: 402, code: 'card_declined', decline_code: 'generic_decline' },
      payment_intent: { object: 'payment_intent', status: 'requires_payment_method' },
    })
  })

  it.each([
    ['rateLimit', errors.StripeRateLimitError, 429],
    ['error', errors.StripeAPIError, 500],
  ] as const)('of an API that is made to fail by %s', async (fault, type, status) => {
    fixture.sandbox.faults({ [fault]: 1 })
    const error = await errorOf(fixture.stripe.products.list({}, { maxNetworkRetries: 0 }))
    expect(error).toBeInstanceOf(type)
    expect(error).toMatchObject({ statusCode: status, requestId: expect.stringMatching(/^req_/) })
  })

  it('of a connection that is closed without an answer', async () => {
    fixture.sandbox.faults({ close: 1 })
    const error = await errorOf(fixture.stripe.products.list({}, { maxNetworkRetries: 0 }))
    expect(error).toBeInstanceOf(errors.StripeConnectionError)
  })
})
