/**
 * Proviso inside an Express app: one route for Stripe, one line per check.
 * Run: DATABASE_URL=postgres://… STRIPE_WEBHOOK_SECRET=whsec_… npx tsx examples/express-app.ts
 */
import express from 'express'
import { createProviso, defineCatalog } from '../src/index.ts'
import { toExpressHandler } from '../src/http/adapters/express.ts'

const proviso = createProviso({
  database: process.env['DATABASE_URL'] ?? 'pglite:',
  webhookSecrets: process.env['STRIPE_WEBHOOK_SECRET'] ?? '',
  catalog: defineCatalog({
    features: { export: { type: 'flag' }, seats: { type: 'quantity' } },
    products: {
      pro: {
        match: { lookupKeys: ['pro_monthly', 'pro_yearly'] },
        grants: { export: true, seats: 'quantity' },
      },
    },
  }),
})

// In order per customer; what it writes through `tx` commits together with the cursor.
proviso.onChange('welcome-mail', async (change, tx) => {
  if (!change.before.allowed && change.after.allowed) {
    await tx.query('insert into mails (customer, subject) values ($1, $2)', [
      change.customer,
      `You now have ${change.feature}`,
    ])
  }
})

const app = express()
app.use('/billing', toExpressHandler(proviso)) // before express.json(): Stripe signs the raw body
app.get('/export', async (request, response) => {
  const customer = String(request.query['customer'])
  const { allowed, reasons } = await proviso.check({ customer, feature: 'export' })
  if (allowed) response.send('here is your export')
  else response.status(402).send(reasons[0]?.message)
})

await proviso.start()
const server = app.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1', () => {
  console.log('listening', server.address())
})
