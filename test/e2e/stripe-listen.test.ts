import { expect, test, vi } from 'vitest'
import { sampleCatalog } from '../../src/cli/sample/catalog.ts'
import { listen } from '../../src/http/server.ts'
import { createProviso } from '../../src/proviso.ts'
import { createSandbox } from '../../src/sandbox/index.ts'
import { startStripeCli, stripeCli } from '../sandbox/support/stripe-cli.ts'
import { createTestDatabase } from '../support/database.ts'

const binary = stripeCli()

test.skipIf(binary === null)(
  'a purchase forwarded by stripe listen, signed with the secret it prints, becomes access',
  async () => {
    // Given a sandbox, and the secret that Stripe's CLI tells for it
    const sandbox = await createSandbox({ seed: 'listen', listen: true, shop: true })
    const printed = startStripeCli(binary ?? '', sandbox.url, ['listen', '--print-secret'])
    await printed.ended
    const [secret = ''] = /whsec_\w+/.exec(printed.output()) ?? []

    // And a service that knows that secret, with the CLI forwarding to it
    const database = await createTestDatabase({ isMigrated: false })
    const proviso = createProviso({
      database: database.url,
      catalog: sampleCatalog,
      webhookSecrets: secret,
      stripe: sandbox.client(),
    })
    await proviso.start()
    const server = await listen({ app: proviso, host: '127.0.0.1', port: 0 })
    const cli = startStripeCli(binary ?? '', sandbox.url, [
      ...['listen', '--skip-update', '--all-snapshot'],
      ...['--forward-to', `${server.url}/webhooks/stripe`],
    ])
    try {
      await vi.waitFor(() => expect(cli.output()).toContain('Ready!'), { timeout: 20_000 })

      // When Ada buys
      const session = await sandbox.client().checkout.sessions.create({
        mode: 'subscription',
        line_items: [{ price: 'price_sample_pro_monthly', quantity: 3 }],
        subscription_data: { metadata: { customer_id: 'ada' } },
        success_url: 'https://app.test/thanks',
      })
      await sandbox.pay(session)

      // Then she has what she paid for, and the service refused nothing
      await vi.waitFor(
        async () => {
          const answer = await proviso.check({ customer: 'ada', feature: 'seats', quantity: 3 })
          expect(answer).toMatchObject({ allowed: true })
        },
        { timeout: 20_000 },
      )
      expect(sandbox.status().deliveries).toMatchObject({ failed: 0, due: 0 })
      expect(cli.output()).not.toMatch(/\[(4|5)\d\d\]/)
    } finally {
      cli.process.kill()
      await cli.ended
      await server.close()
      await proviso.close()
      await sandbox.close()
      await database.drop()
    }
  },
)
