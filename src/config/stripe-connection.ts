import type { StripeConnection } from '../stripe/client.ts'
import type { Environment } from './environment.ts'
import type { ConfigProblem } from './problem.ts'

/** How Stripe's API is reached; null: not at all. The key itself is checked by the settings' schema. */
export function readStripeConnection(
  environment: Environment,
  problems: ConfigProblem[],
): StripeConnection | null {
  const { STRIPE_API_KEY: apiKey, STRIPE_API_BASE: base } = environment
  if (apiKey === undefined) return null
  if (base === undefined) return { apiKey }
  const url = URL.canParse(base) ? new URL(base) : null
  const protocol = /^(https?):$/.exec(url?.protocol ?? '')?.[1] as 'http' | 'https' | undefined
  if (url === null || protocol === undefined) {
    problems.push({
      setting: 'STRIPE_API_BASE',
      message: 'must be an http:// or https:// address (only for a local stand-in of Stripe)',
    })
    return null
  }
  const port = url.port === '' ? (protocol === 'https' ? 443 : 80) : Number(url.port)
  return { apiKey, host: url.hostname, port, protocol }
}
