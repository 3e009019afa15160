import { describe, expect, it } from 'vitest'
import { createSandbox } from '../../../src/sandbox/index.ts'
import {
  discountFor,
  discountedAmounts,
  keepAfterBill,
  liveDiscounts,
} from '../../../src/sandbox/resources/coupons/index.ts'
import { call } from '../support/call.ts'
import { good, refused, typesOf } from './judged.ts'

const NOW = '2026-01-31T12:00:00Z'
const SECONDS = Date.parse(NOW) / 1_000

async function sandboxWith(coupon: Record<string, unknown>) {
  const sandbox = await createSandbox({ seed: 'discounts', now: NOW })
  const { id } = await good(sandbox, 'POST', '/v1/coupons', coupon)
  return { sandbox, world: sandbox.world, coupon: id as string }
}

const line = (amount: number, product: string | null = null) => ({
  amount,
  currency: 'usd',
  product,
})

describe('coupons', () => {
  it('are created, changed and deleted with an event each', async () => {
    const { sandbox, coupon } = await sandboxWith({ percent_off: 20 })
    await good(sandbox, 'POST', `/v1/coupons/${coupon}`, { metadata: { foo: 'bar' } })
    await good(sandbox, 'DELETE', `/v1/coupons/${coupon}`)
    expect(typesOf(sandbox)).toEqual(['coupon.created', 'coupon.updated', 'coupon.deleted'])
    expect((await refused(sandbox, 'GET', `/v1/coupons/${coupon}`)).code).toBe('resource_missing')
  })

  it('show what they apply to only to who expands it', async () => {
    const sandbox = await createSandbox({ now: NOW })
    const product = await good(sandbox, 'POST', '/v1/products', { name: 'Pro' })
    const coupon = await good(sandbox, 'POST', '/v1/coupons', {
      id: 'PRO',
      amount_off: 500,
      currency: 'usd',
      applies_to: { products: [product.id] },
      currency_options: { eur: { amount_off: 450 } },
    })
    expect(coupon.applies_to).toBeUndefined()
    const expanded = await good(sandbox, 'GET', '/v1/coupons/PRO', {
      expand: ['applies_to', 'currency_options'],
    })
    expect(expanded).toMatchObject({
      applies_to: { products: [product.id] },
      currency_options: { eur: { amount_off: 450 }, usd: { amount_off: 500 } },
    })
  })

  it.each([
    [{}, 'percent_off'],
    [{ percent_off: 20, amount_off: 5, currency: 'usd' }, 'percent_off'],
    [{ percent_off: 120 }, 'percent_off'],
    [{ amount_off: 5 }, 'currency'],
    [{ percent_off: 20, duration: 'repeating' }, 'duration_in_months'],
  ])('refuse %j and name the parameter', async (params, param) => {
    const sandbox = await createSandbox({ now: NOW })
    expect((await refused(sandbox, 'POST', '/v1/coupons', params)).param).toBe(param)
  })

  it('end by themselves at redeem_by', async () => {
    const { sandbox, coupon } = await sandboxWith({
      percent_off: 20,
      redeem_by: SECONDS + 3_600,
    })
    await sandbox.advance({ hours: 1 })
    expect((await good(sandbox, 'GET', `/v1/coupons/${coupon}`)).valid).toBe(false)
    expect(() => discountFor(sandbox.world, { coupon, customer: null })).toThrow('Coupon expired')
  })

  it('end with their last redemption', async () => {
    const { sandbox, world, coupon } = await sandboxWith({ percent_off: 20, max_redemptions: 1 })
    discountFor(world, { coupon, customer: null })
    expect(await good(sandbox, 'GET', `/v1/coupons/${coupon}`)).toMatchObject({
      times_redeemed: 1,
      valid: false,
    })
    expect(() => discountFor(world, { coupon, customer: null })).toThrow('Coupon expired')
  })
})

describe('promotion codes', () => {
  it('name their coupon in either way, as the version of the call has it', async () => {
    const { sandbox, coupon } = await sandboxWith({ percent_off: 20 })
    const current = await good(sandbox, 'POST', '/v1/promotion_codes', {
      promotion: { coupon, type: 'coupon' },
      code: 'SPRING',
    })
    expect(current.promotion).toEqual({ coupon, type: 'coupon' })
    const older = await good(sandbox, 'POST', '/v1/promotion_codes', { coupon }, { version: null })
    expect(older.promotion.coupon).toBe(coupon)
    const error = await refused(sandbox, 'POST', '/v1/promotion_codes', { coupon })
    expect(error.code).toBe('parameter_unknown')
    await good(sandbox, 'POST', `/v1/promotion_codes/${current.id}`, { metadata: { foo: 'bar' } })
    expect(typesOf(sandbox).slice(1)).toEqual([
      'promotion_code.created',
      'promotion_code.created',
      'promotion_code.updated',
    ])
  })

  it('hold their coupon whole where the version is before 2025-09-30.clover', async () => {
    const { sandbox, coupon } = await sandboxWith({ percent_off: 20 })
    const { id } = await good(sandbox, 'POST', '/v1/promotion_codes', {
      promotion: { coupon, type: 'coupon' },
    })
    for (const version of ['2023-10-16', '2025-06-30.basil']) {
      const path = `/v1/promotion_codes/${id}`
      const { body } = await call(sandbox, 'GET', path, {}, { version })
      expect([body.coupon.percent_off, body.promotion]).toEqual([20, undefined])
    }
  })

  it('exist once among the active ones, in any case of letters', async () => {
    const { sandbox, coupon } = await sandboxWith({ percent_off: 20 })
    const promotion = { coupon, type: 'coupon' }
    await good(sandbox, 'POST', '/v1/promotion_codes', { promotion, code: 'Spring' })
    const error = await refused(sandbox, 'POST', '/v1/promotion_codes', {
      promotion,
      code: 'SPRING',
    })
    expect(error.param).toBe('code')
  })

  it('ask for their minimum amount, their customer, and a first purchase', async () => {
    const { sandbox, world, coupon } = await sandboxWith({ percent_off: 20, duration: 'forever' })
    const customer = await good(sandbox, 'POST', '/v1/customers', {
      payment_method: 'pm_card_visa',
    })
    const promotion = { coupon, type: 'coupon' }
    const { id } = await good(sandbox, 'POST', '/v1/promotion_codes', {
      promotion,
      restrictions: { minimum_amount: 500, minimum_amount_currency: 'usd' },
    })
    const buy =
      (amount: number, currency = 'usd') =>
      () =>
        discountFor(world, { promotion_code: id, customer: null, amount, currency })
    expect(buy(499)).toThrow('minimum amount')
    expect(buy(500, 'eur')).toThrow('minimum amount')
    expect(buy(500)().promotion_code).toBe(id)
    const own = await good(sandbox, 'POST', '/v1/promotion_codes', {
      promotion,
      customer: customer.id,
      restrictions: { first_time_transaction: true },
    })
    const use = (who: string | null) => () =>
      discountFor(world, { promotion_code: own.id, customer: who })
    expect(use(null)).toThrow('does not match')
    expect(use(customer.id)().customer).toBe(customer.id)
    await good(sandbox, 'POST', '/v1/payment_intents', {
      amount: 1000,
      currency: 'usd',
      customer: customer.id,
      payment_method: 'pm_card_visa',
      confirm: true,
      return_url: 'https://shop.example',
    })
    expect(use(customer.id)).toThrow('prior transactions')
  })

  it('stop when they expire, and then cannot be redeemed', async () => {
    const { sandbox, world, coupon } = await sandboxWith({ percent_off: 20 })
    const { id } = await good(sandbox, 'POST', '/v1/promotion_codes', {
      promotion: { coupon, type: 'coupon' },
      expires_at: SECONDS + 60,
    })
    await sandbox.advance({ minutes: 1 })
    expect((await good(sandbox, 'GET', `/v1/promotion_codes/${id}`)).active).toBe(false)
    expect(() => discountFor(world, { promotion_code: id, customer: null })).toThrow('not active')
  })
})

describe('discounts', () => {
  it('of a repeating coupon end so many calendar months later, on the last day of a short one', async () => {
    const { world, coupon } = await sandboxWith({
      percent_off: 50,
      duration: 'repeating',
      duration_in_months: 1,
    })
    const discount = discountFor(world, { coupon, customer: null })
    expect(discount.id).toMatch(/^di_/u)
    expect(discount.end).toBe(Date.parse('2026-02-28T12:00:00Z') / 1_000)
    expect(liveDiscounts(world, [discount.id], (discount.end ?? 0) - 1)).toEqual([discount])
    expect(liveDiscounts(world, [discount.id], discount.end ?? 0)).toEqual([])
  })

  it('of a once coupon are gone after the bill that used them', async () => {
    const { world, coupon } = await sandboxWith({ percent_off: 50 })
    const { id } = discountFor(world, { coupon, customer: null })
    expect(keepAfterBill(world, [id], SECONDS)).toEqual([])
    expect(liveDiscounts(world, [id], SECONDS)).toEqual([])
    expect(world.get('discount', id)).toBeDefined()
  })

  it('share a percentage among the lines so that it adds up to the cent', async () => {
    const { world, coupon } = await sandboxWith({ percent_off: 33.3, duration: 'forever' })
    const discount = discountFor(world, { coupon, customer: null })
    const { lines, total, total_discount_amounts } = discountedAmounts(
      world,
      [discount],
      [line(333), line(333), line(334)],
    )
    expect(total).toBe(333)
    expect(lines.map(({ off }) => off)).toEqual([111, 111, 111])
    expect(total_discount_amounts).toEqual([{ discount: discount.id, amount: 333 }])
  })

  it('take an amount off the products it is for, never below nothing', async () => {
    const sandbox = await createSandbox({ now: NOW })
    const { id: product } = await good(sandbox, 'POST', '/v1/products', { name: 'Pro' })
    const { id: coupon } = await good(sandbox, 'POST', '/v1/coupons', {
      amount_off: 1000,
      currency: 'usd',
      applies_to: { products: [product] },
    })
    const discount = discountFor(sandbox.world, { coupon, customer: null })
    const { lines, total } = discountedAmounts(
      sandbox.world,
      [discount],
      [line(500, product), line(2000), line(101, product)],
    )
    expect([lines.map(({ off }) => off), total]).toEqual([[500, 0, 101], 601])
  })

  it('follow each other on what is left, in their order', async () => {
    const { sandbox, world, coupon } = await sandboxWith({ percent_off: 50, duration: 'forever' })
    const { id } = await good(sandbox, 'POST', '/v1/coupons', {
      amount_off: 100,
      currency: 'usd',
      duration: 'forever',
    })
    const half = discountFor(world, { coupon, customer: null })
    const hundred = discountFor(world, { coupon: id, customer: null })
    expect(discountedAmounts(world, [half, hundred], [line(1000)]).total).toBe(600)
    expect(discountedAmounts(world, [hundred, half], [line(1000)]).total).toBe(550)
  })

  it('take a percentage back from credits, but no amount from them', async () => {
    const { sandbox, world, coupon } = await sandboxWith({ percent_off: 50, duration: 'forever' })
    const { id } = await good(sandbox, 'POST', '/v1/coupons', { amount_off: 100, currency: 'usd' })
    const half = discountFor(world, { coupon, customer: null })
    const hundred = discountFor(world, { coupon: id, customer: null })
    const lines = [line(-501), line(1000)]
    expect(discountedAmounts(world, [half], lines)).toMatchObject({
      lines: [{ off: -251 }, { off: 500 }],
      total: 249,
    })
    expect(discountedAmounts(world, [hundred], lines).lines.map(({ off }) => off)).toEqual([0, 100])
  })

  it('say nothing of other currencies: an amount in dollars is nothing in euros', async () => {
    const { world, coupon } = await sandboxWith({ amount_off: 100, currency: 'usd' })
    const discount = discountFor(world, { coupon, customer: null })
    const lines = [{ amount: 1000, currency: 'eur' }]
    expect(discountedAmounts(world, [discount], lines).total).toBe(0)
  })
})
