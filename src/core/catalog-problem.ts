export interface CatalogProblem {
  /** e.g. `products.pro.grants.export` */
  path: string
  message: string
}

export type Report = (path: string, message: string) => void
/** What is wrong with a value and what to write instead; null: nothing. */
export type Check = (value: unknown) => string | null

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const show = (value: unknown): string => JSON.stringify(value)?.slice(0, 80) ?? String(value)

export const oneOf =
  (...options: unknown[]): Check =>
  (value) =>
    options.includes(value) ? null : `is ${show(value)}; use ${options.map(show).join(', ')}`

export function onlyKeys(
  value: Record<string, unknown>,
  known: readonly string[],
  path: string,
  report: Report,
): void {
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue
    report(path === '' ? key : `${path}.${key}`, `is not known here (known: ${known.join(', ')})`)
  }
}
