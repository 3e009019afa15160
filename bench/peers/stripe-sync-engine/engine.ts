import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runMigrations, StripeSync, type StripeSyncConfig } from '@stripe/sync-engine'
import { SANDBOX_KEY } from '../../../src/sandbox/index.ts'
import type { Setting } from '../../../test/gauntlet/live/contestant.ts'
import { StripeApi } from '../selling/stripe-api.ts'
import { StoryTime } from './story-time.ts'
import { OPENAPI_DESCRIPTION } from './table-columns.ts'

export type EngineOptions = Pick<
  StripeSyncConfig,
  'autoExpandLists' | 'revalidateObjectsViaStripeApi'
>

const SILENT = { info() {}, warn() {}, error() {} }

/** The engine on a database that has its tables, calling the sandbox as its Stripe. */
export async function startEngine(
  setting: Setting,
  options: EngineOptions,
): Promise<{ engine: StripeSync; api: StripeApi }> {
  const api = new StripeApi(setting.sandbox)
  const engine = await StripeSync.create({
    stripeSecretKey: SANDBOX_KEY,
    stripeAccountId: 'acct_sandbox',
    stripeWebhookSecret: setting.secret,
    poolConfig: { connectionString: setting.databaseUrl, max: 4 },
    logger: SILENT,
    ...options,
  })
  // A connection may still be closing when the server stops; that is no fault of the story's.
  engine.postgresClient.pool.on('error', () => undefined)
  callSandbox(engine, api)
  keepTime(engine, setting)
  return { engine, api }
}

/** Its own migrations, which take a second. */
export async function createTables(databaseUrl: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'peers-openapi-'))
  const openApiSpecPath = join(folder, 'description.json')
  try {
    await writeFile(openApiSpecPath, JSON.stringify(OPENAPI_DESCRIPTION))
    await runMigrations({ databaseUrl, openApiSpecPath, logger: SILENT })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** What its SDK keeps to itself. */
interface SdkInside {
  readonly _api: {
    host: string
    port: number
    protocol: string
    readonly httpClient: { makeRequest(...request: unknown[]): Promise<unknown> }
  }
}

/** It makes its own SDK and has no option for the address: that is set where the SDK keeps it. */
function callSandbox({ stripe }: StripeSync, api: StripeApi): void {
  const { _api: inside } = stripe as unknown as SdkInside
  Object.assign(inside, api.address)
  const { httpClient } = inside
  const send = httpClient.makeRequest.bind(httpClient)
  httpClient.makeRequest = (...request) => {
    api.reads += 1
    return send(...request)
  }
}

/**
 * It stamps what it read again with this machine's time, what it was told with the event's second, and
 * drops what is stamped no later than the row: its time has to be the story's.
 */
function keepTime({ webhook }: StripeSync, setting: Setting): void {
  const time = new StoryTime(setting)
  webhook.getSyncTimestamp = (event, wasReadAgain) =>
    wasReadAgain ? time.ofRead() : time.ofEvent(event)
}
