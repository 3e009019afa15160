import type { FeatureAccess, GrantValue } from '../core/decision.ts'
import type { Access, Change } from '../engine/engine.ts'
import { untilText } from './moment.ts'
import type { Palette } from './palette.ts'

/** What a customer may use, a line per feature and one per reason. */
export function accessText(access: Access, paint: Palette): string[] {
  const width = Math.max(0, ...Object.keys(access.features).map((name) => name.length))
  const lines = [paint.bold(access.customer)]
  for (const [feature, verdict] of Object.entries(access.features)) {
    lines.push(`  ${verdictText(feature.padEnd(width), verdict, paint)}`)
    for (const reason of verdict.reasons) lines.push(paint.dim(`    ${reason.message}`))
  }
  for (const need of access.needs) {
    lines.push(paint.warn(`  needs ${need.type} ${need.object}: ${need.reason}`))
  }
  for (const alert of access.alerts)
    lines.push(paint.warn(`  alert ${alert.code}: ${alert.message}`))
  return lines
}

export function verdictText(feature: string, verdict: FeatureAccess, paint: Palette): string {
  const mark = verdict.allowed ? paint.good('✓') : paint.bad('✗')
  const value = valueText(verdict.value)
  const held = verdict.allowed && value !== '' ? ` ${paint.bold(value)}` : ''
  return `${mark} ${feature}${held} ${paint.accent(verdict.state)}${untilText(verdict.until)}`
}

/** One transition, e.g. `export  none → active until …`. */
export function changeText(change: Change, paint: Palette): string {
  const { before, after } = change
  const value = before.value === after.value ? '' : ` ${valueText(after.value)}`.trimEnd()
  const to = after.allowed ? paint.good(after.state) : paint.bad(after.state)
  return `${paint.bold(change.customer)} ${change.feature}  ${before.state} → ${to}${value}${untilText(after.until)}`
}

function valueText(value: GrantValue): string {
  if (typeof value === 'boolean') return ''
  return value === null ? 'unlimited' : String(value)
}
