import { ProvisoError } from '../errors.ts'

/** A misspelt feature must not read as "not allowed": it is told apart and the catalog's are listed. */
export function assertFeature(features: readonly string[], feature: string): void {
  if (features.includes(feature)) return
  throw new ProvisoError(
    'unknown_feature',
    `The catalog has no feature "${feature}"; it has ${features.map((name) => `"${name}"`).join(', ')}.`,
    { details: { feature, features: [...features] } },
  )
}
