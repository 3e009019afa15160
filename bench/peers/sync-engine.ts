import { createRequire } from 'node:module'
import type * as SyncEngine from '@supabase/stripe-sync-engine'
import pg from 'pg'
import Stripe from 'stripe-current'
import { createSandbox, SANDBOX_KEY, type Sandbox } from '../../src/sandbox/index.ts'
import { openServer } from '../server.ts'
import { liveAYear } from './one-year.ts'

/**
 * An independent consumer as a judge: Supabase's sync engine, pointed at the sandbox, takes the
 * webhooks of one customer's year and reads the API as it sees fit. Its rows must then equal what
 * the sandbox answers. Exit 1 on any difference.
 */

// Its ES module looks for `__dirname` and silently migrates nothing: the CommonJS one works.
const { runMigrations, StripeSync } = createRequire(import.meta.url)(
  '@supabase/stripe-sync-engine',
) as typeof SyncEngine

const SECRET = 'whsec_sync_engine'

/** Its best documented option against late and reordered events: read each object again. */
const REVALIDATED = [
  'charge',
  'credit_note',
  'customer',
  'dispute',
  'invoice',
  'payment_intent',
  'payment_method',
  'price',
  'product',
  'refund',
  'setup_intent',
  'subscription',
  'subscription_schedule',
  'entitlements',
] as const

/** Its tables, and where the API answers for a row. */
const TABLES: Readonly<Record<string, string>> = {
  products: '/v1/products',
  prices: '/v1/prices',
  customers: '/v1/customers',
  subscriptions: '/v1/subscriptions',
  subscription_items: '/v1/subscription_items',
  invoices: '/v1/invoices',
  charges: '/v1/charges',
  payment_intents: '/v1/payment_intents',
  payment_methods: '/v1/payment_methods',
  setup_intents: '/v1/setup_intents',
  refunds: '/v1/refunds',
  disputes: '/v1/disputes',
  credit_notes: '/v1/credit_notes',
  checkout_sessions: '/v1/checkout/sessions',
  invoice_payments: '/v1/invoice_payments',
}

/** Columns of its own. */
const OWN_COLUMNS = new Set(['updated_at', 'last_synced_at'])

/** Fields that change at Stripe without an event to tell of it: no consumer of events can hold them. */
const SILENT_FIELDS = new Set(['customers.next_invoice_sequence'])

/** It cannot take `invoice.upcoming`, at Stripe neither: that invoice has no id (stripe-facts row 40). */
const KNOWN_FAILURE = /^invoice\.upcoming: null value in column "id"/

type Row = Readonly<Record<string, unknown>>

const server = await openServer(process.env['TEST_DATABASE_URL'])
const sandbox = await createSandbox({ seed: 'one year', now: new Date(), listen: true })
try {
  process.exitCode = (await judge(await server.createDatabase('sync_engine'), sandbox)) ? 0 : 1
} finally {
  await sandbox.close()
  await server.close()
}

async function judge(databaseUrl: string, sandbox: Sandbox): Promise<boolean> {
  await runMigrations({ databaseUrl, schema: 'stripe' })
  const sync = new StripeSync({
    poolConfig: { connectionString: databaseUrl, max: 4 },
    stripeSecretKey: SANDBOX_KEY,
    stripeWebhookSecret: SECRET,
    stripeApiVersion: Stripe.API_VERSION,
    autoExpandLists: true,
    revalidateObjectsViaStripeApi: [...REVALIDATED],
  })
  const { hostname, port } = new URL(sandbox.url)
  sync.stripe = new Stripe(SANDBOX_KEY, {
    host: hostname,
    port: Number(port),
    protocol: 'http',
    telemetry: false,
  })
  const unhandled = new Map<string, number>()
  const failures: string[] = []
  sandbox.deliverTo(
    async (request) => {
      const body = await request.text()
      const { type } = JSON.parse(body) as { type: string }
      try {
        await sync.processWebhook(body, request.headers.get('stripe-signature') ?? '')
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error)
        if (message === 'Unhandled webhook event') {
          unhandled.set(type, (unhandled.get(type) ?? 0) + 1)
        } else if (!KNOWN_FAILURE.test(`${type}: ${message}`)) failures.push(`${type}: ${message}`)
      }
      return new Response(null, { status: 200 })
    },
    { secret: SECRET },
  )
  await liveAYear(sandbox)
  await sandbox.delivered()

  const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 })
  const { rows, differences } = await compareAll(pool, sandbox)
  await pool.end()
  await sync.postgresClient.close()
  report({ events: sandbox.events().length, rows, differences, failures, unhandled })
  return differences.length === 0 && failures.length === 0 && rows > 0
}

async function compareAll(pool: pg.Pool, sandbox: Sandbox) {
  const differences: string[] = []
  let rows = 0
  for (const [table, path] of Object.entries(TABLES)) {
    const found = await pool.query<Row>(`select * from stripe.${table}`)
    const known = await allIds(sandbox, path)
    const held = new Set(found.rows.map((row) => String(row['id'])))
    for (const id of known ?? []) {
      if (!held.has(id)) differences.push(`${table} lacks ${id}`)
    }
    for (const row of found.rows) {
      rows += 1
      differences.push(...(await compare(sandbox, table, path, row)))
    }
  }
  return { rows, differences }
}

/** null where a list needs a filter: then only what it holds is compared. */
async function allIds(sandbox: Sandbox, path: string): Promise<string[] | null> {
  const ids: string[] = []
  for (;;) {
    const after = ids.at(-1)
    const filter = path === '/v1/subscriptions' ? '&status=all' : ''
    const page = await get(
      sandbox,
      `${path}?limit=100${filter}${after === undefined ? '' : `&starting_after=${after}`}`,
    )
    if (page === null) return null
    const data = page['data'] as Row[]
    ids.push(...data.map((object) => String(object['id'])))
    if (page['has_more'] !== true) return ids
  }
}

async function compare(sandbox: Sandbox, table: string, path: string, row: Row): Promise<string[]> {
  const id = String(row['id'])
  const object = await get(sandbox, `${path}/${id}`)
  if (object === null) {
    const isGone = row['deleted'] === true || row['status'] === 'canceled'
    return isGone ? [] : [`${table} ${id}: the sandbox has none`]
  }
  return Object.entries(row).flatMap(([column, held]) => {
    if (OWN_COLUMNS.has(column) || SILENT_FIELDS.has(`${table}.${column}`)) return []
    if (!(column in object)) return []
    const said = normal(typeof held === 'string' ? idOf(object[column]) : object[column])
    const kept = normal(held)
    return said === kept
      ? []
      : [`${table} ${id}.${column}: holds ${kept}, the sandbox says ${said}`]
  })
}

async function get(sandbox: Sandbox, path: string): Promise<Row | null> {
  const response = await sandbox.fetch(
    new Request(`${sandbox.url}${path}`, {
      headers: { authorization: `Bearer ${SANDBOX_KEY}`, 'stripe-version': Stripe.API_VERSION },
    }),
  )
  return response.ok ? ((await response.json()) as Row) : null
}

/**
 * Columns are json, bigint, text or boolean: what they say, whatever the column makes of it. It keeps
 * some objects by their id, and some strings with the quotes of their JSON.
 */
function normal(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'string') return value.replace(/^"(.*)"$/u, '$1')
  if (typeof value === 'object') return JSON.stringify(sorted(value))
  return String(value)
}

function idOf(value: unknown): unknown {
  const isObject = typeof value === 'object' && value !== null && 'id' in value
  return isObject ? value.id : value
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  )
}

function report(result: {
  events: number
  rows: number
  differences: string[]
  failures: string[]
  unhandled: Map<string, number>
}): void {
  const ignored = [...result.unhandled.values()].reduce((sum, count) => sum + count, 0)
  console.log(`${result.events} events, ${ignored} of types it does not take, ${result.rows} rows`)
  for (const line of new Set(result.failures)) console.log(`failed   ${line}`)
  for (const line of result.differences.slice(0, 40)) console.log(`differs  ${line}`)
  console.log(
    `${result.failures.length} webhooks failed, ${result.differences.length} differences between its rows and the sandbox`,
  )
}
