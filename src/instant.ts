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
