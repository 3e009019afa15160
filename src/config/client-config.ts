import type { StripeConnection } from '../stripe/client.ts'
import { readDatabaseSettings } from './database-settings.ts'
import type { DatabaseFlags, DatabaseSettings } from './database-settings.ts'
import type { Environment } from './environment.ts'
import { modeOfKey } from '../stripe/key-mode.ts'
import { configInvalid } from './problem.ts'
import type { ConfigProblem } from './problem.ts'
import { splitList } from './secret.ts'
import { readStripeConnection } from './stripe-connection.ts'

/** Where a command finds its answer: a running service, or the database itself. */
export type ClientConfig = ServiceSource | DatabaseSource

export interface ServiceSource {
  kind: 'service'
  url: string
  apiKey: string | null
}

export interface DatabaseSource {
  kind: 'database'
  settings: DatabaseSettings
  /** null: what `dev` served the data folder with. */
  catalogFile: string | null
  stripe: StripeConnection | null
  livemode: boolean | null
}

export interface ClientFlags extends DatabaseFlags {
  url?: string
  apiKey?: string
  catalog?: string
}

/**
 * `--url` wins; then `--database` or `--data`; then PROVISO_URL; then DATABASE_URL; else the embedded
 * database in the data folder.
 *
 * @throws ProvisoError `config_invalid`, with every problem in `details.problems`.
 */
export function readClientConfig(flags: ClientFlags, environment: Environment): ClientConfig {
  const problems: ConfigProblem[] = []
  const namesDatabase = flags.database !== undefined || flags.data !== undefined
  const url = flags.url ?? (namesDatabase ? undefined : environment.PROVISO_URL)
  if (url !== undefined) {
    const service = readService(url, flags, environment, problems)
    if (problems.length > 0) throw configInvalid(problems)
    return service
  }
  const settings = readDatabaseSettings(flags, environment, problems)
  const catalogFile = flags.catalog ?? environment.PROVISO_CATALOG ?? null
  if (catalogFile === null && settings.target.kind === 'url') {
    problems.push({
      setting: '--catalog',
      message:
        'is needed to read a database of your own: name the catalog file (or ask a service with --url)',
    })
  }
  const stripe = readStripeConnection(environment, problems)
  if (problems.length > 0) throw configInvalid(problems)
  return {
    kind: 'database',
    settings,
    catalogFile,
    stripe,
    livemode: modeOf(environment) ?? modeOfKey(environment.STRIPE_API_KEY ?? ''),
  }
}

function readService(
  url: string,
  flags: ClientFlags,
  environment: Environment,
  problems: ConfigProblem[],
): ServiceSource {
  if (!URL.canParse(url) || !/^https?:/.test(url)) {
    problems.push({ setting: '--url', message: 'must be an http:// or https:// address' })
  }
  return {
    kind: 'service',
    url: url.replace(/\/+$/, ''),
    apiKey: flags.apiKey ?? splitList(environment.PROVISO_API_KEY)[0] ?? null,
  }
}

function modeOf(environment: Environment): boolean | null {
  return environment.PROVISO_MODE === undefined ? null : environment.PROVISO_MODE === 'live'
}
