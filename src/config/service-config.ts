import { z } from 'zod'
import { LOG_LEVELS } from '../log.ts'
import type { LogLevel } from '../log.ts'
import type { StripeConnection } from '../stripe/client.ts'
import { readDatabaseSettings } from './database-settings.ts'
import type { DatabaseSettings, DatabaseFlags } from './database-settings.ts'
import type { Environment } from './environment.ts'
import { modeOfKey } from '../stripe/key-mode.ts'
import { readOutgoingConfig } from './outgoing-config.ts'
import type { OutgoingConfig, OutgoingFlags } from './outgoing-config.ts'
import { configInvalid } from './problem.ts'
import type { ConfigProblem } from './problem.ts'
import { readReportingConfig } from './reporting-config.ts'
import type { ReportingConfig, ReportingFlags } from './reporting-config.ts'
import { splitList } from './secret.ts'
import { readStripeConnection } from './stripe-connection.ts'

/** Everything `serve` and `dev` need to know. Holds secrets: print it through `describeConfig` only. */
export interface ServiceConfig extends DatabaseSettings, ReportingConfig {
  port: number
  host: string
  /** null: the sample catalog (`dev` only). */
  catalogFile: string | null
  /** Empty: `dev` makes one of its own. */
  webhookSecrets: string[]
  /** null: nothing is read from Stripe. */
  stripe: StripeConnection | null
  apiKeys: string[]
  /** null: both modes are served, each under its own keys. */
  livemode: boolean | null
  /** null: changes are not posted anywhere. */
  outgoing: OutgoingConfig | null
  logLevel: LogLevel
}

export interface ServiceFlags extends DatabaseFlags, OutgoingFlags, ReportingFlags {
  port?: string
  host?: string
  catalog?: string
  mode?: string
  logLevel?: string
}

const DEFAULT_PORT = '4400'
const DEFAULT_HOST = '127.0.0.1'
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/

const settings = z.object({
  '--port': z
    .string()
    .regex(/^\d{1,5}$/, 'must be a port number, 0 for any free one')
    .transform(Number)
    .refine((port) => port <= 65_535, 'must be at most 65535'),
  '--host': z.string().min(1),
  '--mode': z.enum(['live', 'test'], 'must be live or test').optional(),
  '--log-level': z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`),
  STRIPE_WEBHOOK_SECRET: z.array(
    z.string().startsWith('whsec_', 'must begin with whsec_ (several: separated by commas)'),
  ),
  STRIPE_API_KEY: z
    .string()
    .regex(/^(sk|rk)_(live|test)_\S+$/, 'must be a secret or restricted key (sk_… or rk_…)')
    .optional(),
  PROVISO_API_KEY: z.array(
    z.string().regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without blanks, to fit a header'),
  ),
})

/**
 * Reads flags over environment over defaults. Every problem is found before the first is told.
 *
 * @throws ProvisoError `config_invalid`, with `details.problems`.
 */
export function readServiceConfig(
  command: 'serve' | 'dev',
  flags: ServiceFlags,
  environment: Environment,
): ServiceConfig {
  const problems: ConfigProblem[] = []
  const database = readDatabaseSettings(flags, environment, problems)
  const stripe = readStripeConnection(environment, problems)
  const reporting = readReportingConfig(flags, environment, problems)
  const outgoing = readOutgoingConfig(flags, environment, problems)
  const host = flags.host ?? environment.PROVISO_HOST ?? DEFAULT_HOST
  const catalogFile = flags.catalog ?? environment.PROVISO_CATALOG ?? null
  const webhookSecrets = splitList(environment.STRIPE_WEBHOOK_SECRET)
  const apiKeys = splitList(environment.PROVISO_API_KEY)
  const parsed = settings.safeParse({
    '--port': flags.port ?? environment.PROVISO_PORT ?? DEFAULT_PORT,
    '--host': host,
    '--mode': flags.mode ?? environment.PROVISO_MODE,
    '--log-level': flags.logLevel ?? environment.PROVISO_LOG_LEVEL ?? 'info',
    STRIPE_WEBHOOK_SECRET: webhookSecrets,
    STRIPE_API_KEY: environment.STRIPE_API_KEY,
    PROVISO_API_KEY: apiKeys,
  })
  for (const issue of parsed.error?.issues ?? []) {
    problems.push({ setting: String(issue.path[0]), message: issue.message })
  }
  if (command === 'serve') requireForServe({ webhookSecrets, apiKeys, catalogFile }, problems)
  if (command === 'dev' && apiKeys.length === 0 && !LOOPBACK.test(host)) {
    problems.push({
      setting: 'PROVISO_API_KEY',
      message: `is needed on --host ${host}: without a key only a loopback address may be bound`,
    })
  }
  const byKey = modeOfKey(environment.STRIPE_API_KEY ?? '')
  const mode = flags.mode ?? environment.PROVISO_MODE
  if (byKey !== null && mode !== undefined && (mode === 'live') !== byKey) {
    problems.push({
      setting: '--mode',
      message: `is ${mode}, but STRIPE_API_KEY is a ${byKey ? 'live' : 'test'} key`,
    })
  }
  if (!parsed.success || problems.length > 0) throw configInvalid(problems)
  const valid = parsed.data
  return {
    ...database,
    ...reporting,
    port: valid['--port'],
    host,
    catalogFile,
    webhookSecrets,
    stripe,
    apiKeys,
    livemode: valid['--mode'] === undefined ? byKey : valid['--mode'] === 'live',
    outgoing,
    logLevel: valid['--log-level'],
  }
}

function requireForServe(
  given: { webhookSecrets: string[]; apiKeys: string[]; catalogFile: string | null },
  problems: ConfigProblem[],
): void {
  if (given.webhookSecrets.length === 0) {
    problems.push({
      setting: 'STRIPE_WEBHOOK_SECRET',
      message: 'is not set: take the endpoint’s signing secret (whsec_…) from Stripe',
    })
  }
  if (given.catalogFile === null) {
    problems.push({ setting: '--catalog', message: 'is not set: name the catalog file' })
  }
  if (given.apiKeys.length === 0) {
    problems.push({
      setting: 'PROVISO_API_KEY',
      message: 'is not set: choose a key that callers of /v1 present',
    })
  }
}
