import type { Story } from '../core/explain.ts'
import { verdictLines } from './access-text.ts'
import { moment } from './moment.ts'
import type { Palette } from './palette.ts'

/** A story in plain words: the verdict and why, what happened, what is missing, what comes next. */
export function storyText(story: Story, paint: Palette): string[] {
  const lines = [`${paint.bold(story.customer)} at ${moment(story.at)}`, '']
  const shown = Object.fromEntries(
    Object.entries(story.features).filter(
      ([feature]) => story.feature === null || feature === story.feature,
    ),
  )
  lines.push(...verdictLines(shown, paint, { withEvidence: true }))
  lines.push('', paint.bold('What happened'))
  if (story.timeline.length === 0) lines.push(paint.dim('  Nothing is known of this customer.'))
  for (const entry of story.timeline) {
    lines.push(`  ${paint.dim(moment(entry.at))}  ${entry.what} ${paint.dim(entry.event)}`)
  }
  if (story.needs.length > 0 || story.alerts.length > 0) {
    lines.push('', paint.bold('What is open'))
    for (const need of story.needs) {
      lines.push(paint.warn(`  To read from Stripe: ${need.type} ${need.object}: ${need.reason}`))
    }
    for (const alert of story.alerts) lines.push(paint.warn(`  To look at: ${alert.message}`))
  }
  lines.push('', paint.bold('What comes next'))
  lines.push(
    story.wakeAt === null
      ? '  Nothing changes by the clock alone.'
      : `  Without news it changes at ${moment(story.wakeAt)}.`,
  )
  return lines
}
