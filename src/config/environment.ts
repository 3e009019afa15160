/** The environment variables that Proviso reads; nothing else in the package looks at `process.env`. */
export interface Environment {
  DATABASE_URL?: string
  STRIPE_WEBHOOK_SECRET?: string
  STRIPE_API_KEY?: string
  STRIPE_API_BASE?: string
  PROVISO_API_KEY?: string
  PROVISO_URL?: string
  PROVISO_CHANGES_URL?: string
  PROVISO_CHANGES_SECRET?: string
  PROVISO_REPORT_USAGE?: string
  PROVISO_METER_EVENTS?: string
  PROVISO_CATALOG?: string
  PROVISO_DATA?: string
  PROVISO_SCHEMA?: string
  PROVISO_MODE?: string
  PROVISO_PORT?: string
  PROVISO_HOST?: string
  PROVISO_LOG_LEVEL?: string
  NO_COLOR?: string
}

const NAMES = [
  'DATABASE_URL',
  'STRIPE_WEBHOOK_SECRET',
  'STRIPE_API_KEY',
  'STRIPE_API_BASE',
  'PROVISO_API_KEY',
  'PROVISO_URL',
  'PROVISO_CHANGES_URL',
  'PROVISO_CHANGES_SECRET',
  'PROVISO_REPORT_USAGE',
  'PROVISO_METER_EVENTS',
  'PROVISO_CATALOG',
  'PROVISO_DATA',
  'PROVISO_SCHEMA',
  'PROVISO_MODE',
  'PROVISO_PORT',
  'PROVISO_HOST',
  'PROVISO_LOG_LEVEL',
  'NO_COLOR',
] as const satisfies readonly (keyof Environment)[]

/** An empty variable counts as absent: that is how deployment tools write "not set". */
export function readEnvironment(variables: NodeJS.ProcessEnv = process.env): Environment {
  const environment: Environment = {}
  for (const name of NAMES) {
    const value = variables[name]?.trim()
    if (value !== undefined && value !== '') environment[name] = value
  }
  return environment
}
