import type { Conclusion } from '../core/conclusion.ts'
import type { FeatureAccess, GrantState, Reason } from '../core/decision.ts'
import type { Story } from '../core/explain.ts'
import { amountText, conclusionTexts } from './conclusion-text.ts'
import type { LocalTime } from './local-time.ts'
import type { Palette } from './palette.ts'
import { wrapped } from './wrapped.ts'

export interface StoryTextOptions {
  paint: Palette
  time: LocalTime
  /** Every event on a line of its own, also those that changed nothing. */
  isWhole: boolean
  /** Columns at which lines are broken; null: nowhere. */
  width: number | null
}

/** Width of `28 Feb 2026, 09:00`. */
const MOMENT = 18
const MARGIN = ' '.repeat(MOMENT + 4)
/** The rest say of themselves what they mean. */
const STATE: Partial<Record<GrantState, string>> = { none: 'not granted' }

const MOST_IDS = 4
const MOST_REASONS = 3

/** A story a person can forward: the verdict and why, what happened, what is open, what is next. */
export function storyText(story: Story, options: StoryTextOptions): string[] {
  const { paint, time, width } = options
  const zone = paint.dim(`(times in ${time.zone})`)
  const lines = [
    `${paint.bold(story.customer)} on ${time.moment(story.at)} ${zone}`,
    '',
    ...verdict(story.features, options),
    '',
    paint.bold('What happened'),
    ...(options.isWhole ? everything(story, options) : happened(story, options)),
    ...open(story, options),
    '',
    paint.bold('What would change it'),
    ...next(story, options),
  ]
  const told = lines.map((line) => time.sentence(line))
  return width === null ? told : told.flatMap((line) => wrapped(line, width))
}

function verdict(features: Record<string, FeatureAccess>, options: StoryTextOptions): string[] {
  const { paint, time } = options
  const names = Object.entries(features)
  const width = Math.max(0, ...names.map(([name]) => name.length))
  const groups = new Map<string, [string, FeatureAccess][]>()
  for (const entry of names) {
    const key = JSON.stringify(distinct(entry[1].reasons))
    groups.set(key, [...(groups.get(key) ?? []), entry])
  }
  return [...groups.values()].flatMap((group) => [
    ...group.map(([name, { allowed, state, value, until }]) => {
      const mark = allowed ? paint.good('✓') : paint.bad('✗')
      const isCounted = allowed && typeof value !== 'boolean'
      const amount = isCounted ? ` ${paint.bold(amountText(value))}` : ''
      const end = until === null ? '' : ` until ${time.moment(until)}`
      return `  ${mark} ${name.padEnd(width)}${amount} ${paint.accent(STATE[state] ?? state)}${end}`
    }),
    ...distinct(group[0]?.[1].reasons ?? []).map(
      ({ message, events, objects }) =>
        `      because: ${message}${ids(paint, [...events, ...objects])}`,
    ),
  ])
}

function happened(story: Story, options: StoryTextOptions): string[] {
  const { paint } = options
  if (story.timeline.length === 0) return [paint.dim('  Nothing is known of this customer.')]
  const lines = story.turns.flatMap((turn) => turnLines(turn, options))
  if (story.earlier > 0) {
    lines.unshift(paint.dim(`  Not told again: ${count(story.earlier, 'earlier event')}.`))
  }
  if (story.unremarkable > 0) {
    const more = count(story.unremarkable, 'more event')
    lines.push(paint.dim(`  ${more} changed nothing (--all lists them).`))
  }
  return lines
}

function turnLines(turn: Story['turns'][number], options: StoryTextOptions): string[] {
  const { paint, time } = options
  const lines = turn.deeds.map(({ what, objects }, index) => {
    const isLast = index === turn.deeds.length - 1
    const heard = isLast && turn.events.length > 1 ? `; ${turn.events.length} events` : ''
    return `${what}${ids(paint, objects.slice(0, MOST_IDS), heard)}`
  })
  if (turn.by === 'clock') lines.push('Time passed without news.')
  if (turn.happenedAt !== null) {
    lines.push(`It happened on ${time.moment(turn.happenedAt)} and was heard of only now.`)
  }
  lines.push(...conclusionLines(turn.conclusions, options))
  return lines.map((line, index) => `${index === 0 ? at(turn.at, options) : MARGIN}${line}`)
}

function conclusionLines(
  conclusions: readonly Conclusion[],
  { paint, time }: StoryTextOptions,
): string[] {
  return conclusionTexts(conclusions, time).map(({ what, reasons }) => {
    const on = [...new Set(reasons.flatMap(({ events }) => events))]
    return `→ ${paint.accent(what)}${because(reasons)}${ids(paint, on)}`
  })
}

/** Every event in its order, and what followed below the last one of each turn. */
function everything(story: Story, options: StoryTextOptions): string[] {
  const lastOf = new Map<string, number>()
  const turnOf = new Map(
    story.turns.flatMap((turn) => turn.events.map((id) => [id, turn] as const)),
  )
  story.timeline.forEach(({ event }, index) => {
    const turn = turnOf.get(event)
    if (turn !== undefined) lastOf.set(JSON.stringify(turn.events), index)
  })
  const waiting = [...story.turns]
  const follow = (isDue: (turn: Story['turns'][number]) => boolean) => {
    const due = waiting.filter(isDue)
    for (const turn of due) waiting.splice(waiting.indexOf(turn), 1)
    return due.flatMap((turn) => followed(turn, options))
  }
  const lines = story.timeline.flatMap((entry, index) => {
    const before = follow((turn) => turn.by === 'clock' && turn.at <= entry.at)
    const what = `${at(entry.at, options)}${entry.what}${ids(options.paint, [entry.event])}`
    const turn = turnOf.get(entry.event)
    const isLast = turn !== undefined && lastOf.get(JSON.stringify(turn.events)) === index
    return [...before, what, ...(isLast ? follow((one) => one === turn) : [])]
  })
  return [...lines, ...follow(() => true)]
}

function followed(turn: Story['turns'][number], options: StoryTextOptions): string[] {
  const lines = conclusionLines(turn.conclusions, options).map((line) => `${MARGIN}${line}`)
  return turn.by === 'clock'
    ? [`${at(turn.at, options)}Time passed without news.`, ...lines]
    : lines
}

function at(seconds: number, { paint, time }: StoryTextOptions): string {
  return `  ${paint.dim(time.moment(seconds).padEnd(MOMENT))}  `
}

function open(story: Story, { paint }: StoryTextOptions): string[] {
  if (story.needs.length === 0 && story.alerts.length === 0) return []
  return [
    '',
    paint.bold('What is open'),
    ...story.needs.map(({ type, object, reason }) =>
      paint.warn(`  To read from Stripe: ${type.replaceAll('_', ' ')} ${object} (${reason}).`),
    ),
    ...story.alerts.map(({ message }) => paint.warn(`  To look at: ${message}`)),
  ]
}

function next(story: Story, { paint, time }: StoryTextOptions): string[] {
  const { clock, news } = story.next
  const lines = clock.flatMap(({ at: second, conclusions }) =>
    conclusionTexts(conclusions, time).map(
      ({ what, reasons }) => `On ${time.moment(second)}, without news: ${what}${because(reasons)}`,
    ),
  )
  if (lines.length === 0) lines.push('Time alone changes nothing.')
  for (const { what, objects, conclusions } of news) {
    const then = conclusionTexts(conclusions, time).map(
      (text) => `${text.what}${because(text.reasons)}`,
    )
    lines.push(`If ${what}: ${then.join(' ')}${ids(paint, objects)}`)
  }
  const isHad = Object.values(story.features).some(({ allowed }) => allowed)
  const isToBeHad = news.some(({ conclusions }) =>
    conclusions.some(({ kind }) => kind === 'granted'),
  )
  if (!isHad && !isToBeHad) lines.push('Only a new purchase or a grant by hand would give access.')
  return lines.map((line) => `  ${line}`)
}

/** Two items of one bill have one reason. */
function distinct(reasons: readonly Reason[]): Reason[] {
  return [...new Map(reasons.map((reason) => [JSON.stringify(reason), reason])).values()]
}

/** Reasons as the end of a sentence. */
function because(reasons: readonly Reason[]): string {
  if (reasons.length === 0) return '.'
  const clauses = reasons.slice(0, MOST_REASONS).map(({ message }) => {
    const isName = /^(Stripe|Checkout)\b/.test(message)
    const clause = isName ? message : `${message.slice(0, 1).toLowerCase()}${message.slice(1)}`
    return clause.replace(/\.$/, '')
  })
  return `: ${clauses.join('; ')}.`
}

function ids(paint: Palette, found: readonly string[], more = ''): string {
  return found.length === 0 ? '' : ` ${paint.dim(`[${found.join(', ')}${more}]`)}`
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
