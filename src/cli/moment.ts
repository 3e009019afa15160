/** Unix seconds as a person reads them, always in UTC: `2026-11-14 10:00:00 UTC`. */
export function moment(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** `until …`, or nothing where there is no end. */
export function untilText(until: number | null): string {
  return until === null ? '' : ` until ${moment(until)}`
}
