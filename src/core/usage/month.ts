export interface Span {
  /** Unix seconds. */
  from: number
  /** Unix seconds, exclusive. */
  to: number
}

/** The calendar month in UTC that a second lies in, or one some months away from it. */
export function monthOf(at: number, away = 0): Span {
  const date = new Date(at * 1000)
  const start = (months: number) =>
    Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1) / 1000
  return { from: start(away), to: start(away + 1) }
}
