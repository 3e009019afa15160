import type { FeatureAccess, GrantValue, Reason } from '../core/decision.ts'
import type { Access, Change } from '../engine/engine.ts'
import { untilText } from './moment.ts'
import type { Palette } from './palette.ts'

/** What a customer may use, a line per feature; reasons that several features share are said once. */
export function accessText(access: Access, paint: Palette): string[] {
  const lines = [paint.bold(access.customer), ...verdictLines(access.features, paint)]
  for (const need of access.needs) {
    lines.push(paint.warn(`  needs ${need.type} ${need.object}: ${need.reason}`))
  }
  for (const alert of access.alerts) {
    lines.push(paint.warn(`  alert ${alert.code}: ${alert.message}`))
  }
  return lines
}

/** @param options.withEvidence adds the ids that the reasons rest on. */
export function verdictLines(
  features: Record<string, FeatureAccess>,
  paint: Palette,
  options: { withEvidence?: boolean } = {},
): string[] {
  const width = Math.max(0, ...Object.keys(features).map((name) => name.length))
  const groups = groupBy(Object.entries(features), ([, verdict]) => JSON.stringify(verdict.reasons))
  return groups.flatMap((group) => [
    ...group.map(([feature, verdict]) => `  ${verdictText(feature.padEnd(width), verdict, paint)}`),
    ...(group[0]?.[1].reasons ?? []).map((reason) => {
      const evidence = options.withEvidence === true ? evidenceText(reason) : ''
      return `      because: ${reason.message}${paint.dim(evidence)}`
    }),
  ])
}

export function verdictText(feature: string, verdict: FeatureAccess, paint: Palette): string {
  const mark = verdict.allowed ? paint.good('✓') : paint.bad('✗')
  return `${mark} ${feature}${valueText(verdict, paint)} ${paint.accent(verdict.state)}${untilText(verdict.until)}`
}

/** One transition, e.g. `ada export  none → active until …`. */
export function changeText(change: Change, paint: Palette): string {
  const { before, after } = change
  return `${paint.bold(change.customer)} ${change.feature}${valueText(after, paint)}  ${transitionText(before, after, paint)}`
}

/** The transitions of one customer; those that are alike share a line, and their reasons. */
export function changeLines(changes: readonly Change[], paint: Palette): string[] {
  const groups = groupBy(changes, ({ before, after }) =>
    JSON.stringify([before.state, after.state, after.until, after.reasons]),
  )
  return groups.flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    const features = group.map(({ feature, after }) => `${feature}${valueText(after, paint)}`)
    return [
      `${paint.bold(first.customer)}  ${transitionText(first.before, first.after, paint)}`,
      `  ${features.join(', ')}`,
      ...first.after.reasons.map((reason) => paint.dim(`  because: ${reason.message}`)),
    ]
  })
}

function transitionText(before: FeatureAccess, after: FeatureAccess, paint: Palette): string {
  const to = after.allowed ? paint.good(after.state) : paint.bad(after.state)
  return `${before.state} → ${to}${untilText(after.until)}`
}

/** With a blank in front; nothing for a flag, nor for what is not allowed. */
function valueText({ allowed, value }: FeatureAccess, paint: Palette): string {
  return allowed && typeof value !== 'boolean' ? ` ${paint.bold(numberText(value))}` : ''
}

function numberText(value: Exclude<GrantValue, boolean>): string {
  return value === null ? 'unlimited' : value.toLocaleString('en-US')
}

function evidenceText({ events, objects }: Reason): string {
  const ids = [...events, ...objects]
  return ids.length === 0 ? '' : ` (${ids.join(', ')})`
}

/** In the order in which each key first appears. */
function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group === undefined) groups.set(keyOf(item), [item])
    else group.push(item)
  }
  return [...groups.values()]
}
