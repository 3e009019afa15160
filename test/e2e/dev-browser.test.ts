import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { launchBrowser } from '../support/browser.ts'
import { runCli, startCli, temporaryFolder } from '../support/cli.ts'
import type { RunningCli } from '../support/cli.ts'

/** Everything as a newcomer has it: `proviso dev`, its sandbox, its shop, and a browser. */
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let running: RunningCli
let service: string
let shop: string
let browser: Browser
let page: Page

beforeAll(async () => {
  folder = await temporaryFolder()
  running = startCli(['dev', '--json', '--port', '0', '--sandbox-port', '0', '--no-story'], {
    cwd: folder.path,
  })
  const ready = await running.line<{ url: string; shop: string }>(
    (line) => line['event'] === 'ready',
  )
  service = ready.url
  shop = ready.shop
  browser = await launchBrowser()
})

afterAll(async () => {
  await browser.close()
  await running.stop('SIGINT')
  await folder.remove()
})

beforeEach(async () => {
  await page?.close()
  page = await browser.newPage()
  page.setDefaultTimeout(20_000)
})

interface Verdict {
  allowed: boolean
  state: string
  reasons: { code: string }[]
}

async function exporting(customer: string): Promise<Verdict> {
  const answer = await fetch(`${service}/v1/customers/${customer}/access/export`)
  return (await answer.json()) as Verdict
}

async function choose(customer: string, offer: string): Promise<void> {
  await page.goto(shop)
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

/** Deliveries and settling are a moment away: waits for the verdict, with a bound. */
async function untilState(customer: string, state: string): Promise<Verdict> {
  let verdict: Verdict | undefined
  await expect
    .poll(async () => (verdict = await exporting(customer)).state, { timeout: 20_000 })
    .toBe(state)
  return verdict as Verdict
}

describe('a purchase in the shop', () => {
  test('by card grants access, and the thank-you page shows it', async () => {
    await choose('grace', 'Buy Pro')
    await payBy('Succeeds', 'Subscribe')
    await thanks()
    await expect.poll(() => page.textContent('main'), { timeout: 20_000 }).toContain('export')
    await page.getByLabel('Why export').click()
    expect(await page.textContent('main')).toMatch(/Paid through|Checkout is complete and paid/)
    expect(await untilState('grace', 'active')).toMatchObject({ allowed: true })
  })

  test('with a declined card stays on the page, says so, and grants nothing', async () => {
    await choose('declined', 'Buy Pro')
    await payBy('Declined', 'Subscribe')
    await page.getByRole('alert').waitFor()
    expect(page.url()).toContain('/c/pay/')
    expect(await exporting('declined')).toMatchObject({ allowed: false })
  })

  test('with 3D Secure grants access once the challenge is passed', async () => {
    await choose('challenged', 'Buy Pro')
    await payBy('3D Secure', 'Subscribe')
    await page.waitForURL('**/_sandbox/authenticate/**')
    expect(await exporting('challenged')).toMatchObject({ allowed: false })
    await page.getByRole('button', { name: 'Complete' }).click()
    await thanks()
    expect(await untilState('challenged', 'active')).toMatchObject({ allowed: true })
  })

  test('by a bank debit that settles later is pending first, then granted', async () => {
    await choose('slow', 'Try with SEPA')
    await payBy('Succeeds after 3 minutes', 'Subscribe')
    await thanks()
    expect(await untilState('slow', 'pending')).toMatchObject({ allowed: false })
    const { code } = await runCli(['sandbox', 'advance', '10m'], { cwd: folder.path })
    expect(code).toBe(0)
    expect(await untilState('slow', 'active')).toMatchObject({ allowed: true })
  })

  test('by a bank debit that fails later is pending first, and never granted', async () => {
    await choose('failing', 'Try with SEPA')
    await page.getByRole('button', { name: 'Succeeds after 3 minutes', exact: true }).click()
    // Its neighbour among the published numbers fails after as long.
    await page.getByLabel('IBAN').fill('AT05 1904 3002 3547 3205')
    await page.getByRole('button', { name: 'Subscribe' }).click()
    await thanks()
    expect(await untilState('failing', 'pending')).toMatchObject({ allowed: false })
    await runCli(['sandbox', 'advance', '10m'], { cwd: folder.path })
    await expect
      .poll(async () => (await exporting('failing')).state, { timeout: 20_000 })
      .not.toBe('pending')
    expect(await exporting('failing')).toMatchObject({ allowed: false })
  })

  test('of a lifetime grants without an end, once its line items are read', async () => {
    await choose('forever', 'Buy lifetime')
    await payBy('Succeeds', /^Pay/)
    await thanks()
    expect(await untilState('forever', 'active')).toMatchObject({ allowed: true, until: null })
  })
})

test('a month later the subscription has renewed, and every command sees the moved time', async () => {
  await runCli(['sandbox', 'advance', '32d'], { cwd: folder.path })
  expect(await exporting('grace')).toMatchObject({ allowed: true, state: 'active' })
  const { stdout } = await runCli(['verify', '--json'], { cwd: folder.path })
  expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}')).toMatchObject({ differences: [] })
})
