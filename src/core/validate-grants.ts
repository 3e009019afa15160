import type { FeatureType } from './catalog.ts'
import { isRecord, show, type Report } from './catalog-problem.ts'

/** What a grant is checked against. */
export interface KnownFeature {
  type: FeatureType
  hasMeter: boolean
}

/** Every feature a product gives is one of the catalog's, in the form its type takes. */
export function validateGrants(
  value: unknown,
  path: string,
  features: Map<string, KnownFeature>,
  report: Report,
): void {
  if (!isRecord(value)) {
    return report(path, `is ${show(value)}; name the features it gives, e.g. {"export": true}`)
  }
  for (const [feature, grant] of Object.entries(value)) {
    const known = features.get(feature)
    if (known === undefined) {
      const names = [...features.keys()].join(', ') || 'none'
      report(`${path}.${feature}`, `is not a feature of this catalog (known: ${names})`)
      continue
    }
    const wrong = wrongGrant(known.type, grant) ?? unbilled(feature, known, grant)
    if (wrong !== null) report(`${path}.${feature}`, wrong)
  }
}

/** Let through beyond the limit to be billed, and told to no meter, it would be given away in silence. */
function unbilled(feature: string, { hasMeter }: KnownFeature, grant: unknown): string | null {
  if (hasMeter || !isRecord(grant) || grant['overage'] !== 'bill') return null
  return `has overage "bill", but nothing reports ${show(feature)} to Stripe: name its meter, features.${feature}.meter = the meter's event_name, or use "block", or {"limit": null} for no limit at all`
}

const isCount = (value: unknown): boolean =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0

function wrongGrant(type: FeatureType, grant: unknown): string | null {
  switch (type) {
    case 'flag':
      return grant === true ? null : `is ${show(grant)}; a flag is given with true`
    case 'quantity':
      return grant === 'quantity' || isCount(grant)
        ? null
        : `is ${show(grant)}; use "quantity" (as many as bought) or a whole number from 0`
    case 'metered':
      return wrongMetered(grant)
    case 'credits':
      return wrongCredits(grant)
  }
}

function wrongMetered(grant: unknown): string | null {
  const isLimit = isRecord(grant) && (grant['limit'] === null || isCount(grant['limit']))
  if (!isLimit || !hasOnly(grant, ['limit', 'overage'])) {
    return `is ${show(grant)}; use {"limit": 10000}, a whole number from 0, or {"limit": null} for no limit; "overage": "bill" goes on beyond it`
  }
  const { overage } = grant
  return overage === undefined || overage === 'block' || overage === 'bill'
    ? null
    : `has overage ${show(overage)}; use "block" to refuse what is beyond the limit, or "bill"`
}

function wrongCredits(grant: unknown): string | null {
  if (
    !isRecord(grant) ||
    !isCount(grant['amount']) ||
    !hasOnly(grant, ['amount', 'expiresAfterDays'])
  ) {
    return `is ${show(grant)}; use {"amount": 100}, a whole number from 0; "expiresAfterDays": 365 ends them`
  }
  const days = grant['expiresAfterDays']
  const isDays = typeof days === 'number' && days > 0 && days <= 36_500
  return days === undefined || isDays
    ? null
    : `has expiresAfterDays ${show(days)}; use a number of days above 0 and up to 36500, or leave it out`
}

function hasOnly(grant: Record<string, unknown>, keys: readonly string[]): boolean {
  return Object.keys(grant).every(
    (name) => keys.includes(name) || (name === 'per' && grant['per'] === 'quantity'),
  )
}
