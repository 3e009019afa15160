import { pino } from 'pino'
import type { DestinationStream } from 'pino'

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

export type LogLevel = (typeof LOG_LEVELS)[number]

/** What the rooms may log with; a pino logger fits it, and so does any other with these four. */
export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** Fields that may carry a secret wherever a caller puts them. */
const SECRET_FIELDS = [
  'authorization',
  'apiKey',
  'apiKeys',
  'stripeApiKey',
  'secret',
  'webhookSecret',
  'webhookSecrets',
  'password',
  'database',
  'databaseUrl',
  'connectionString',
]

/**
 * One JSON line per entry on stderr, so that stdout stays for a command's own answer.
 *
 * @param options.destination where lines go instead of stderr (tests).
 */
export function createLog(
  options: { level?: LogLevel; destination?: DestinationStream } = {},
): Log {
  return pino(
    {
      name: 'proviso',
      level: options.level ?? 'info',
      redact: {
        paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
        censor: '[hidden]',
      },
    },
    // Synchronous: the last line before a crash is the one that is needed.
    options.destination ?? pino.destination({ dest: 2, sync: true }),
  )
}

/** Says nothing: the default inside a library. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} }
