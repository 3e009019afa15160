import { parameterNames } from '../../test/sandbox/judges/sdk-schema.ts'
import type { Exchange } from './recording-proxy.ts'

/** Parameters inside of others that went with a version; the judges know the top level only. */
const GONE_INSIDE = /\[iterations\]/

/**
 * Whether a trigger's requests have parameters that the current version of the API does not: the
 * CLI asks for no version, and writes as older ones had it (`payment_method_types`, `coupon`).
 */
export function usesOlderParameters(exchanges: readonly Exchange[]): boolean {
  return exchanges.some(({ method, path, parameters, sent }) => {
    const known = parameterNames(method, path)
    if (known === undefined) return false
    return parameters.some((name) => !known.has(name)) || GONE_INSIDE.test(decodeURIComponent(sent))
  })
}
