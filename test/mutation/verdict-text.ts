import { createHash } from 'node:crypto'
import type { Decision, FeatureAccess } from '../../src/core/decision.ts'

/**
 * A verdict as a line that a person can review: all that access hangs on, and a digest of the rest of
 * it (evidence, objects, grants), without the sentences.
 */
export function verdictText(customers: Readonly<Record<string, Decision>>): string[] {
  const entries = Object.entries(customers)
  if (entries.length === 0) return ['nobody']
  return entries.map(([customer, decision]) => {
    const { features, needs, alerts, wakeAt } = decision
    const parts = [
      ...Object.entries(features).map(([name, access]) => `${name} ${accessText(access)}`),
      ...needs.map(({ type, object }) => `needs ${type} ${object}`),
      ...alerts.map(({ code, objects }) => `alert ${code} ${objects.join(' ')}`),
      ...(wakeAt === null ? [] : [`wakes ${time(wakeAt)}`]),
    ]
    return `${customer}: ${parts.join('; ')} [${digestOf({ ...decision, at: null })}]`
  })
}

function accessText({ allowed, state, value, until, reasons }: FeatureAccess): string {
  const end = until === null ? '' : ` until ${time(until)}`
  const codes = reasons.map(({ code }) => code).join(', ')
  return `${allowed ? '+' : '-'}${state} ${String(value)}${end} (${codes})`
}

function time(second: number): string {
  return new Date(second * 1000).toISOString().slice(0, 19)
}

/** Of everything but the sentences, which may be reworded. */
export function digestOf(value: unknown): string {
  const isWords = (key: string) => key === 'message' || key === 'reason' || key === 'rules'
  return hash(
    JSON.stringify(value, (key, entry: unknown) =>
      isWords(key) && typeof entry !== 'object' ? undefined : entry,
    ),
  )
}

export function digestOfAll(value: unknown): string {
  return hash(JSON.stringify(value))
}

function hash(text: string): string {
  return createHash('sha1').update(text).digest('base64url').slice(0, 6)
}
