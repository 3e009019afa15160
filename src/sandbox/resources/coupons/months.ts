/** So many calendar months after a time in Unix seconds, UTC; the 31st becomes the last of the month. */
export function addMonths(seconds: number, months: number): number {
  const from = new Date(seconds * 1_000)
  const day = from.getUTCDate()
  const to = new Date(from)
  to.setUTCDate(1)
  to.setUTCMonth(to.getUTCMonth() + months)
  const last = new Date(Date.UTC(to.getUTCFullYear(), to.getUTCMonth() + 1, 0)).getUTCDate()
  to.setUTCDate(Math.min(day, last))
  return Math.floor(to.getTime() / 1_000)
}
