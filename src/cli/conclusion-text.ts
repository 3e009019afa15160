import type { Conclusion } from '../core/conclusion.ts'
import type { GrantState, GrantValue, Reason } from '../core/decision.ts'
import { inWords } from '../core/names.ts'
import type { LocalTime } from './local-time.ts'

/** Conclusions in words: those that say the same of several features share a sentence. */
export function conclusionTexts(
  conclusions: readonly Conclusion[],
  time: LocalTime,
): { what: string; reasons: Reason[] }[] {
  const groups = new Map<string, Conclusion[]>()
  for (const conclusion of conclusions) {
    const key = JSON.stringify([phrase(conclusion, time), conclusion.because])
    groups.set(key, [...(groups.get(key) ?? []), conclusion])
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    const features = inWords(group.map(named))
    return { what: `${features} ${phrase(first, time)}`, reasons: first.because }
  })
}

/** `seats (3)`, or `seats (2, now 3)`. */
function named({ feature, kind, before, after }: Conclusion): string {
  const isPlain = !after.allowed || typeof after.value === 'boolean'
  if (isPlain || kind === 'raised' || kind === 'reduced') return feature
  const is = amountText(after.value)
  const isChanged = before.allowed && before.value !== after.value
  return isChanged ? `${feature} (${amountText(before.value)}, now ${is})` : `${feature} (${is})`
}

export function amountText(value: GrantValue): string {
  return value === null ? 'unlimited' : value.toLocaleString('en-US')
}

/** What became of it, e.g. `granted until 3 Mar 2026, 09:00`. */
function phrase(conclusion: Conclusion, time: LocalTime): string {
  const { kind, before, after } = conclusion
  const until = untilText(conclusion, time)
  switch (kind) {
    case 'granted':
      return `granted${AS[after.state] ?? ''}${until}`
    case 'lost':
      return LOST[after.state] ?? 'taken back'
    case 'refused':
      return refused(conclusion)
    case 'kept':
      return after.state === 'active' ? `granted${until}` : `kept${AS[after.state] ?? ''}${until}`
    case 'extended':
      return `extended${after.until === null ? ' with no end' : until}`
    case 'shortened':
      return before.until === null ? `granted${until}` : `shortened${until}`
    case 'raised':
    case 'reduced':
      return `${kind} from ${amountText(before.value)} to ${amountText(after.value)}`
    case 'same':
      return `still granted${AS[after.state] ?? ''}`
  }
}

/** A reason that names the time need not hear it twice. */
function untilText({ after, because }: Conclusion, time: LocalTime): string {
  if (after.until === null || because.some(({ message }) => time.isIn(message))) return ''
  return ` until ${time.moment(after.until)}`
}

const AS: Partial<Record<GrantState, string>> = { grace: ' in grace', ending: ' for now' }

const LOST: Partial<Record<GrantState, string>> = {
  pending: 'taken back for now',
  suspended: 'suspended',
  ended: 'ended',
}

function refused({ before, after }: Conclusion): string {
  if (after.state === 'pending') return 'not granted yet'
  return before.state === 'none' || before.state === 'pending' ? 'not granted' : 'still not granted'
}
