import { z } from '@hono/zod-openapi'

/** Unix seconds, or a time in ISO 8601 with its zone; answered as whole Unix seconds. */
export const instantSchema = z
  .union([z.number(), z.string()])
  .transform((value, context) => {
    const seconds = parseInstant(value)
    if (seconds !== null) return seconds
    context.addIssue({
      code: 'custom',
      message: `expected Unix seconds or a time such as 2026-01-31T12:00:00Z, got "${value}"`,
    })
    return z.NEVER
  })
  .openapi({ type: ['integer', 'string'], description: 'Unix seconds, or ISO 8601 with a zone.' })

/** The last second of the year 9999: beyond it a number is milliseconds by mistake. */
const LATEST = 253_402_300_799

/** Whole Unix seconds, or null when `value` names no time. */
export function parseInstant(value: string | number): number | null {
  if (typeof value === 'number' || /^\d+$/.test(value)) {
    const seconds = Number(value)
    return Number.isInteger(seconds) && seconds >= 0 && seconds <= LATEST ? seconds : null
  }
  // A time without a zone would be read in the server's own zone: refused rather than guessed.
  if (!/^\d{4}-\d{2}-\d{2}($|T.*(Z|[+-]\d{2}:?\d{2})$)/.test(value)) return null
  const milliseconds = Date.parse(value)
  return Number.isNaN(milliseconds) ? null : Math.floor(milliseconds / 1000)
}
