import { ProvisoError, isProvisoError } from '../errors.ts'

/** What the operating system says when no server answers. */
const SYSTEM_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
])

/** SQLSTATEs outside class 08 after which this connection, or this server, is of no use for now. */
const LOST_STATES = new Set(['57P01', '57P02', '57P03', '57P05', '53300', '25P03', '25P04'])

/** The server answered, and will answer the same until someone changes a setting. */
const REFUSED_STATES = new Set(['28000', '28P01', '3D000', '3F000'])

/** `pg` gives these no code. */
const REFUSED_MESSAGES = /^(SASL|The server does not support SSL)/
const LOST_MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed|Cannot use a pool after calling end|PGlite is closed)/

interface Coded {
  code?: unknown
  message?: unknown
}

/** SQLSTATE of an error the database answered with; `undefined` for any other error. */
export function sqlState(error: unknown): string | undefined {
  const code = (error as Coded | null)?.code
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined
}

/** True when another transaction held what the statement needed, for longer than it was to wait. */
export function isLockTimeout(error: unknown): boolean {
  return sqlState(error) === '55P03'
}

/** True when the statement may or may not have run: the connection went away. */
export function isConnectionError(error: unknown): boolean {
  const { code, message } = (error ?? {}) as Coded
  if (typeof code === 'string') {
    if (SYSTEM_CODES.has(code) || LOST_STATES.has(code) || REFUSED_STATES.has(code)) return true
    if (/^08[0-9A-Z]{3}$/.test(code)) return true
  }
  return (
    typeof message === 'string' && [LOST_MESSAGES, REFUSED_MESSAGES].some((p) => p.test(message))
  )
}

/**
 * Turns what a driver throws when the database is out of reach into `database_unavailable`; gives
 * every other error back as it is.
 * @param where host, port and database, never the user's password.
 */
export function asUnavailable(error: unknown, where: string): unknown {
  if (isProvisoError(error) || !isConnectionError(error)) return error
  const { code, message } = error as Coded
  const isRefused =
    typeof code === 'string' ? REFUSED_STATES.has(code) : REFUSED_MESSAGES.test(String(message))
  const said = typeof code === 'string' ? code : String(message)
  return new ProvisoError(
    'database_unavailable',
    isRefused
      ? `PostgreSQL at ${where} refused the connection (${said}): check user, password and database name in the database URL.`
      : `PostgreSQL at ${where} is out of reach (${said}): check that it runs and that the database URL is right.`,
    { details: { where, reason: said }, cause: error, isRetryable: !isRefused },
  )
}
