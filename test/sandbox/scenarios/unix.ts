/** Unix seconds of a date. */
export function unix(date: string): number {
  return Date.parse(date) / 1_000
}
