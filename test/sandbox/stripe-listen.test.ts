import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Stripe from 'stripe'
import { expect, test, vi } from 'vitest'
import { createSandbox } from '../../src/sandbox/index.ts'
import { ok } from './support/call.ts'
import { startStripeCli, stripeCli } from './support/stripe-cli.ts'

const binary = stripeCli()

/** Bounded waiting; the CLI needs a second or two to connect. */
const soon = { timeout: 20_000, interval: 50 }

test.skipIf(binary === null)(
  'stripe listen connects, forwards each event signed, and the answer counts as delivered',
  async () => {
    const sandbox = await createSandbox({ listen: true })
    const bodies: { text: string; signature: string }[] = []
    const app = createServer((request, response) => {
      let text = ''
      request.on('data', (data: Buffer) => (text += data.toString()))
      request.on('end', () => {
        bodies.push({ text, signature: String(request.headers['stripe-signature']) })
        response.end()
      })
    })
    await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve))
    const { port } = app.address() as AddressInfo
    const cli = startStripeCli(binary ?? '', sandbox.url, [
      ...['listen', '--skip-update', '--all-snapshot'],
      ...['--forward-to', `http://127.0.0.1:${port}/hook`],
    ])
    try {
      await vi.waitFor(() => expect(cli.output()).toMatch(/whsec_\w+/), soon)
      await ok(sandbox, 'POST', '/v1/products', { name: 'Pro' })
      await vi.waitFor(() => expect(bodies).toHaveLength(1), soon)
      const [secret = ''] = /whsec_\w+/.exec(cli.output()) ?? []
      const [got] = bodies
      const event = Stripe.webhooks.constructEvent(got?.text ?? '', got?.signature ?? '', secret)
      expect(event.type).toBe('product.created')
      await vi.waitFor(() => expect(sandbox.status().deliveries.delivered).toBe(1), soon)
      expect(cli.output()).toContain('product.created')
    } finally {
      cli.process.kill()
      await cli.ended
      app.close()
      await sandbox.close()
    }
  },
)

test.skipIf(binary === null)(
  'stripe listen --print-secret prints the secret of its session',
  async () => {
    const sandbox = await createSandbox({ listen: true })
    const cli = startStripeCli(binary ?? '', sandbox.url, ['listen', '--print-secret'])
    expect(await cli.ended).toBe(0)
    expect(cli.output()).toMatch(/^whsec_\w+/m)
    await sandbox.close()
  },
)
