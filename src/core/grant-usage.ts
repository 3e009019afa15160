import { DAY } from './calendar.ts'
import type { CreditsGrant, FeatureDefinition, GrantDefinition, MeteredGrant } from './catalog.ts'
import type { GrantUsage, GrantValue, PaidPeriod } from './decision.ts'
import type { Source } from './source.ts'
import type { SourceUsage } from './source-usage.ts'
import { productValue } from './unite.ts'

/** Usage of a period may still come, and is corrected, this long after its end (stripe-facts §5), in seconds. */
const REMEMBERED = 40 * DAY

interface GrantUsageOptions {
  name: string
  feature: FeatureDefinition
  source: Source
  /** What the product gives of the feature; undefined where no product does. */
  definition: GrantDefinition | undefined
  frozenAt: number | null
  now: number
}

/** For which spans of time a source gives one feature; null where nothing of it is used up. */
export function grantUsage(options: GrantUsageOptions): GrantUsage | null {
  const { feature, source, definition, frozenAt } = options
  const { usage } = source
  if (usage === undefined || (feature.type !== 'metered' && feature.type !== 'credits')) return null
  const terms: Partial<MeteredGrant & CreditsGrant> =
    typeof definition === 'object' ? definition : {}
  const days = terms.expiresAfterDays
  const expiresAfter = days === undefined ? null : Math.round(days * DAY)
  const { bought, ...spans } = usage
  return {
    ...spans,
    overage: terms.overage ?? 'block',
    expiresAfter,
    paid: feature.type === 'credits' ? paidPeriods(options, bought, expiresAfter) : [],
    frozenAt,
  }
}

function paidPeriods(
  { name, now }: GrantUsageOptions,
  bought: SourceUsage['bought'],
  expiresAfter: number | null,
): PaidPeriod[] {
  return bought.flatMap(({ from, to, product, quantity, isTaken }) => {
    const definition = product.grants.get(name)
    if (definition === undefined) return []
    const end = Math.max(to, from + (expiresAfter ?? 0))
    if (end <= now - REMEMBERED) return []
    return { from, to, amount: countOf(productValue(definition, quantity)), isTaken }
  })
}

function countOf(value: GrantValue): number {
  return typeof value === 'number' ? Math.min(value, Number.MAX_SAFE_INTEGER) : 0
}
