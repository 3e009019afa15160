import type { FeatureType } from './catalog.ts'
import {
  isRecord,
  oneOf,
  onlyKeys,
  show,
  type CatalogProblem,
  type Report,
} from './catalog-problem.ts'
import { validateGrants, type KnownFeature } from './validate-grants.ts'
import { CATALOG_ONLY, validatePolicy } from './validate-policy.ts'

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

function validateFeatures(value: unknown, report: Report): Map<string, KnownFeature> {
  const known = new Map<string, KnownFeature>()
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
    known.set(name, { type, hasMeter: feature['meter'] !== undefined })
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
  features: Map<string, KnownFeature>,
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

function validateDuration(value: unknown, path: string, report: Report): void {
  if (value === undefined) return
  const days = isRecord(value) ? value['days'] : undefined
  if (typeof days !== 'number' || !Number.isFinite(days) || days <= 0 || days > 36_500) {
    report(path, `is ${show(value)}; use {"days": 30}, more than 0, or leave it out for good`)
  }
}
