import type { FeatureType } from './catalog.ts'

export interface CatalogProblem {
  /** e.g. `products.pro.grants.export` */
  path: string
  message: string
}

type Report = (path: string, message: string) => void
type Check = (value: unknown) => string | null

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const show = (value: unknown): string => JSON.stringify(value)?.slice(0, 80) ?? String(value)

const oneOf =
  (...options: unknown[]): Check =>
  (value) =>
    options.includes(value) ? null : `is ${show(value)}; use ${options.map(show).join(', ')}`

const count: Check = (value) =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 && value <= 100_000
    ? null
    : `is ${show(value)}; use a number from 0 to 100000`

const POLICY: Record<string, Check> = {
  grantWhileProcessing: oneOf(true, false),
  trial: oneOf('grant', 'deny'),
  pastDueGraceDays: count,
  renewalWindowHours: count,
  sendInvoice: oneOf('untilDue', 'paidOnly'),
  processingDays: count,
  outageHoldHours: count,
  pauseCollection: oneOf('keep', 'suspend'),
  unpaidUpgrade: oneOf('keepOld', 'grantNew'),
  oneTimeRefund: oneOf('revoke', 'keep'),
  partialRefund: oneOf('revoke', 'keep'),
  subscriptionRefund: oneOf('revoke', 'keep'),
  dispute: oneOf('suspend', 'keep'),
  customerIdMetadataKey: (value) =>
    typeof value === 'string' && value.length > 0 && value.length <= 40
      ? null
      : `is ${show(value)}; use a metadata key of 1 to 40 characters`,
  trustClientReferenceId: oneOf('always', 'exceptPaymentLinks', 'never'),
}

const CATALOG_ONLY = new Set(['customerIdMetadataKey', 'trustClientReferenceId', 'outageHoldHours'])
const FEATURE_TYPES: readonly FeatureType[] = ['flag', 'quantity', 'metered', 'credits']
const NAME = /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,99}$/

/** Every problem of a catalog, so that one run of an editor fixes them all. */
export function validateCatalog(definition: unknown): CatalogProblem[] {
  const problems: CatalogProblem[] = []
  const report: Report = (path, message) => problems.push({ path, message })
  if (!isRecord(definition)) {
    return [
      {
        path: '',
        message: `is ${show(definition)}; a catalog is an object of features and products`,
      },
    ]
  }
  onlyKeys(definition, ['features', 'products', 'policy', '$schema'], '', report)
  const features = validateFeatures(definition['features'], report)
  validateProducts(definition['products'], features, report)
  if (definition['policy'] !== undefined) {
    validatePolicy(definition['policy'], 'policy', new Set(), report)
  }
  return problems
}

function validateFeatures(value: unknown, report: Report): Map<string, FeatureType> {
  const known = new Map<string, FeatureType>()
  if (!isRecord(value)) {
    report(
      'features',
      `is ${show(value)}; list at least one feature, e.g. {"export": {"type": "flag"}}`,
    )
    return known
  }
  for (const [name, feature] of Object.entries(value)) {
    const path = `features.${name}`
    if (!NAME.test(name)) report(path, 'use letters, digits and _ . : - in a feature name')
    if (!isRecord(feature)) {
      report(path, `is ${show(feature)}; use {"type": "flag"}`)
      continue
    }
    onlyKeys(feature, ['type', 'meter', 'combine', 'stripeFeature'], path, report)
    const type = FEATURE_TYPES.find((option) => option === feature['type'])
    if (type === undefined) {
      report(`${path}.type`, oneOf(...FEATURE_TYPES)(feature['type']) ?? '')
      continue
    }
    known.set(name, type)
    if (feature['combine'] !== undefined) {
      const wrong =
        type === 'quantity' ? oneOf('sum', 'max')(feature['combine']) : 'only quantities combine'
      if (wrong !== null) report(`${path}.combine`, wrong)
    }
    for (const key of ['meter', 'stripeFeature']) {
      const text = feature[key]
      if (text !== undefined && (typeof text !== 'string' || text === '')) {
        report(`${path}.${key}`, `is ${show(text)}; use a non-empty text`)
      }
    }
    if (feature['meter'] !== undefined && type !== 'metered') {
      report(`${path}.meter`, `belongs to metered features; this one is ${type}`)
    }
  }
  return known
}

function validateProducts(
  value: unknown,
  features: Map<string, FeatureType>,
  report: Report,
): void {
  if (!isRecord(value)) {
    report('products', `is ${show(value)}; list your products, or {} for manual grants only`)
    return
  }
  const owners = new Map<string, string>()
  for (const [name, product] of Object.entries(value)) {
    const path = `products.${name}`
    if (!NAME.test(name)) report(path, 'use letters, digits and _ . : - in a product name')
    if (!isRecord(product)) {
      report(path, `is ${show(product)}; use {"match": {…}, "grants": {…}}`)
      continue
    }
    onlyKeys(product, ['match', 'grants', 'duration', 'policy'], path, report)
    validateMatch(product['match'], name, owners, report)
    validateGrants(product['grants'], `${path}.grants`, features, report)
    validateDuration(product['duration'], `${path}.duration`, report)
    if (product['policy'] !== undefined) {
      validatePolicy(product['policy'], `${path}.policy`, CATALOG_ONLY, report)
    }
  }
}

function validateMatch(
  value: unknown,
  product: string,
  owners: Map<string, string>,
  report: Report,
): void {
  const path = `products.${product}.match`
  if (value === undefined) return
  if (!isRecord(value)) return report(path, `is ${show(value)}; use {"prices": ["price_…"]}`)
  onlyKeys(value, ['products', 'prices', 'lookupKeys'], path, report)
  for (const [kind, ids] of Object.entries(value)) {
    if (!Array.isArray(ids)) {
      report(`${path}.${kind}`, `is ${show(ids)}; use a list of ids`)
      continue
    }
    ids.forEach((id: unknown, position) => {
      if (typeof id !== 'string' || id === '') {
        return report(`${path}.${kind}[${position}]`, `is ${show(id)}; use a non-empty text`)
      }
      const key = `${kind} ${id}`
      const owner = owners.get(key)
      if (owner !== undefined && owner !== product) {
        report(
          `${path}.${kind}[${position}]`,
          `${show(id)} already belongs to product ${show(owner)}; one purchase gives one product, so take it out of one of them`,
        )
      }
      owners.set(key, product)
    })
  }
}

function validateGrants(
  value: unknown,
  path: string,
  features: Map<string, FeatureType>,
  report: Report,
): void {
  if (!isRecord(value)) {
    return report(path, `is ${show(value)}; name the features it gives, e.g. {"export": true}`)
  }
  for (const [feature, grant] of Object.entries(value)) {
    const type = features.get(feature)
    if (type === undefined) {
      const known = [...features.keys()].join(', ') || 'none'
      report(`${path}.${feature}`, `is not a feature of this catalog (known: ${known})`)
      continue
    }
    const wrong = wrongGrant(type, grant)
    if (wrong !== null) report(`${path}.${feature}`, wrong)
  }
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
      return isRecord(grant) &&
        (grant['limit'] === null || isCount(grant['limit'])) &&
        hasOnly(grant, 'limit')
        ? null
        : `is ${show(grant)}; use {"limit": 10000}, a whole number from 0, or {"limit": null} for no limit`
    case 'credits':
      return isRecord(grant) && isCount(grant['amount']) && hasOnly(grant, 'amount')
        ? null
        : `is ${show(grant)}; use {"amount": 100}, a whole number from 0`
  }
}

function hasOnly(grant: Record<string, unknown>, key: string): boolean {
  return Object.keys(grant).every(
    (name) => name === key || (name === 'per' && grant['per'] === 'quantity'),
  )
}

function validateDuration(value: unknown, path: string, report: Report): void {
  if (value === undefined) return
  const days = isRecord(value) ? value['days'] : undefined
  if (typeof days !== 'number' || !Number.isFinite(days) || days <= 0 || days > 36_500) {
    report(path, `is ${show(value)}; use {"days": 30}, more than 0, or leave it out for good`)
  }
}

function validatePolicy(
  value: unknown,
  path: string,
  excluded: ReadonlySet<string>,
  report: Report,
): void {
  if (!isRecord(value)) return report(path, `is ${show(value)}; use an object of policies`)
  for (const [name, setting] of Object.entries(value)) {
    const check = POLICY[name]
    if (check === undefined) {
      report(`${path}.${name}`, `is not a policy (known: ${Object.keys(POLICY).join(', ')})`)
    } else if (excluded.has(name)) {
      report(`${path}.${name}`, 'holds for the whole catalog; set it in the top-level policy')
    } else {
      const wrong = check(setting)
      if (wrong !== null) report(`${path}.${name}`, wrong)
    }
  }
}

function onlyKeys(
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
