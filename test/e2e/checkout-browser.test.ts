import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts'
import { launchBrowser } from '../support/browser.ts'
import { ok } from '../sandbox/support/call.ts'

let browser: Browser
let sandbox: Sandbox
let page: Page

beforeAll(async () => {
  browser = await launchBrowser()
  sandbox = await createSandbox({
    seed: 'browser',
    listen: true,
    shop: true,
  })
})
afterAll(async () => {
  await browser.close()
  await sandbox.close()
})
beforeEach(async () => {
  await page?.close()
  page = await browser.newPage()
  page.setDefaultTimeout(15_000)
})

/** The latest session of an app's customer, as the API tells of it. */
async function sessionOf(customer: string) {
  const { data } = await ok(sandbox, 'GET', '/v1/checkout/sessions', { limit: 100 })
  return data.find(
    (session: { client_reference_id: string }) => session.client_reference_id === customer,
  )
}

async function choose(customer: string, offer: string): Promise<void> {
  await page.goto(`${sandbox.url}/shop`)
  await page.getByLabel('Your customer id').fill(customer)
  await page.getByRole('button', { name: offer }).click()
  await page.waitForURL('**/c/pay/**')
  await page.getByLabel('Email').fill(`${customer}@example.com`)
}

async function payBy(number: string, button: string | RegExp): Promise<void> {
  await page.getByRole('button', { name: number, exact: true }).click()
  await page.getByRole('button', { name: button }).click()
}

const thanks = () => page.waitForURL('**/shop/thanks?session_id=cs_test_*')

/** Bank debits settle a second later, on the sandbox's own clock. */
async function until(customer: string, field: string, value: string): Promise<void> {
  await expect.poll(async () => (await sessionOf(customer))[field], { timeout: 20_000 }).toBe(value)
}

describe('buying in the browser', () => {
  it('goes from the shop through Checkout to the thank-you page', async () => {
    await choose('ada', 'Buy Pro')
    expect(await page.getByRole('note').innerText()).toContain('no real money')
    await page.getByLabel('Quantity').fill('2')
    await payBy('Succeeds', 'Subscribe')
    await thanks()
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Thank you')
    expect(await page.getByText('$58.00').count()).toBe(1)
    expect(await sessionOf('ada')).toMatchObject({
      status: 'complete',
      payment_status: 'paid',
      amount_total: 5_800,
      metadata: { customer_id: 'ada' },
    })
  })

  it('shows a declined card and takes another', async () => {
    await choose('declined', 'Buy lifetime')
    await payBy('Declined', /^Pay/u)
    expect(await page.getByRole('alert').innerText()).toContain('Your card was declined.')
    expect(await sessionOf('declined')).toMatchObject({ status: 'open' })
    await payBy('Succeeds', /^Pay/u)
    await thanks()
    expect(await sessionOf('declined')).toMatchObject({ status: 'complete', customer: null })
  })

  it('asks for 3D Secure and completes when it is passed', async () => {
    await choose('secure', 'Buy Pro')
    await payBy('3D Secure', 'Subscribe')
    await page.getByRole('heading', { name: 'Confirm with your bank' }).waitFor()
    expect(await sessionOf('secure')).toMatchObject({ status: 'open', subscription: null })
    await page.getByRole('button', { name: 'Complete' }).click()
    await thanks()
    expect(await sessionOf('secure')).toMatchObject({ status: 'complete', payment_status: 'paid' })
  })

  it('comes back to Checkout when 3D Secure fails', async () => {
    await choose('insecure', 'Buy Pro')
    await payBy('3D Secure', 'Subscribe')
    await page.getByRole('button', { name: 'Fail' }).click()
    expect(await page.getByRole('alert').innerText()).toContain('did not confirm')
    expect(await page.getByLabel('Email').inputValue()).toBe('insecure@example.com')
    expect(await sessionOf('insecure')).toMatchObject({ status: 'open', subscription: null })
  })

  it('completes a bank debit unpaid, which is paid later', async () => {
    await choose('sepa', 'Try with SEPA')
    await payBy('Succeeds later', 'Subscribe')
    await thanks()
    expect(await page.getByText('Your bank is asked for the money.').count()).toBe(1)
    await until('sepa', 'payment_status', 'paid')
    expect(sandbox.events('checkout.session.async_payment_succeeded')).toHaveLength(1)
  })

  it('completes a bank debit unpaid, which fails later', async () => {
    await choose('returned', 'Try with SEPA')
    await payBy('Fails later', 'Subscribe')
    await thanks()
    await expect
      .poll(() => sandbox.events('checkout.session.async_payment_failed').length, {
        timeout: 20_000,
      })
      .toBe(1)
    expect(await sessionOf('returned')).toMatchObject({
      status: 'complete',
      payment_status: 'unpaid',
    })
  })

  it('starts a trial for nothing and keeps the card', async () => {
    await choose('trial', 'Start trial')
    await payBy('Succeeds', 'Start')
    await thanks()
    expect(await sessionOf('trial')).toMatchObject({ payment_status: 'no_payment_required' })
  })

  it('goes back to the shop when it is canceled', async () => {
    await choose('undecided', 'Buy credits')
    await page.getByRole('link', { name: 'Cancel and go back' }).click()
    await page.waitForURL('**/shop?customer=undecided')
    expect(await page.getByLabel('Your customer id').inputValue()).toBe('undecided')
  })

  it('pays when Enter is pressed in a field', async () => {
    await choose('keys', 'Buy Pro')
    await page.getByLabel('Card number').fill('4242424242424242')
    await page.getByLabel('Expires').fill('12/34')
    await page.getByLabel('Security code').fill('123')
    await page.keyboard.press('Enter')
    await thanks()
  })

  it('needs no JavaScript', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false })
    page = await context.newPage()
    await choose('plain', 'Buy credits')
    await payBy('Succeeds', /^Pay/u)
    await thanks()
    expect(await sessionOf('plain')).toMatchObject({ payment_status: 'paid', amount_total: 1_000 })
  })
})

describe('the customer portal in the browser', () => {
  it('cancels at the end of the period, takes it back, changes the plan and the card', async () => {
    await choose('owner', 'Buy Pro')
    await payBy('Succeeds', 'Subscribe')
    await thanks()
    await page.getByRole('link', { name: 'Manage my purchases' }).click()
    await page.getByRole('button', { name: 'Cancel at the end' }).click()
    await page.getByText('It will not renew.').waitFor()
    await page.getByRole('button', { name: 'Keep this subscription' }).click()
    await page.getByText('Renews on').waitFor()
    await page.getByLabel('Plan').selectOption({ label: 'Pro, $290.00 / year' })
    await page.getByRole('button', { name: 'Change plan' }).click()
    expect(await page.getByRole('status').innerText()).toContain('Your plan is changed.')
    await page.getByText('Update the card').click()
    await page.getByRole('button', { name: '3D Secure' }).click()
    await page.getByRole('button', { name: 'Save card' }).click()
    await page.getByRole('button', { name: 'Complete' }).click()
    await page.getByText('ending in').waitFor()
    const { customer } = await sessionOf('owner')
    const { data } = await ok(sandbox, 'GET', '/v1/subscriptions', { customer })
    expect(data).toMatchObject([
      { cancel_at: null, items: { data: [{ price: { id: 'price_sample_pro_yearly' } }] } },
    ])
    const method = await ok(sandbox, 'GET', `/v1/payment_methods/${data[0].default_payment_method}`)
    expect(method.card.last4).toBe('3155')
    await page.getByRole('link', { name: 'Return' }).click()
    await page.waitForURL('**/shop?customer=owner')
  })
})
