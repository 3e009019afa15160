import { describe, expect, it } from 'vitest'
import type { Policy } from '../../src/core/catalog.ts'
import { compileCatalog, type Catalog } from '../../src/core/compile-catalog.ts'
import { evaluate, type ScopedSnapshot } from '../../src/core/evaluate.ts'
import { seeded } from '../support/seeded.ts'
import type { Told } from './corpus.ts'
import { oddVerdicts } from './odd-verdicts.ts'
import { toldVerdicts } from './told-verdicts.ts'
import { digestOfAll, verdictText } from './verdict-text.ts'

const SCOPE = { account: '', livemode: false }
const DAY = 86_400

/** Every policy that is not the default. */
const STRICT: Partial<Policy> = {
  pastDueGraceDays: 3,
  renewalWindowHours: 24,
  processingDays: 5,
  grantWhileProcessing: true,
  trial: 'deny',
  sendInvoice: 'paidOnly',
  pauseCollection: 'suspend',
  unpaidUpgrade: 'grantNew',
  oneTimeRefund: 'keep',
  partialRefund: 'revoke',
  subscriptionRefund: 'revoke',
  dispute: 'keep',
  trustClientReferenceId: 'never',
}
const POLICIES = Object.entries(STRICT)
const SHAKEN = ['shaken', 'shaken again', 'shaken well'] as const

interface Page {
  name: string
  /** Pages of one key are one question. */
  key: string
  verdict: () => string[]
}

/**
 * A scenario's verdicts: on the way, at its end, six weeks later with nothing more heard, under the
 * other policies, and shaken: events lost, some policies changed, at any second.
 */
function pagesOf({ title, catalog, events, end }: Told): Page[] {
  const page = (
    name: string,
    at: number,
    policy: Partial<Policy> = {},
    isHeard: (second: number) => boolean = () => true,
  ): Page => {
    const heard = events.filter((event) => isHeard(event.at))
    const snapshots: ScopedSnapshot[] = heard.flatMap((event) =>
      event.snapshots.map((snapshot) => ({ scope: SCOPE, snapshot })),
    )
    const judged = { ...catalog, policy: { ...catalog.policy, ...policy } }
    return {
      name,
      key: `${at} ${Object.keys(policy).join()} ${heard.map((event) => event.at).join()}`,
      verdict: () => verdictText(evaluate(snapshots, compiled(judged), at).customers),
    }
  }
  const start = events[0]?.at ?? end
  const early = events[Math.floor(events.length / 3)]?.at ?? end
  const late = events[Math.floor((events.length * 2) / 3)]?.at ?? end
  return [
    page('early', early, {}, (at) => at <= early),
    page('late', late, {}, (at) => at <= late),
    page('end', end),
    page('six weeks on', end + 42 * DAY),
    page('strict', end, STRICT),
    ...SHAKEN.map((name) => {
      const random = seeded(`${title} ${name}`, 1)
      const at = start + random.below(end - start + 40 * DAY)
      const policy = Object.fromEntries(POLICIES.filter(() => random.chance(0.3)))
      return page(name, at, policy, (second) => second <= at && random.chance(0.7))
    }),
  ]
}

function compiled(definition: unknown): Catalog {
  const result = compileCatalog(definition)
  if (result.ok) return result.catalog
  throw new Error(result.problems.map(({ path, message }) => `${path}: ${message}`).join('\n'))
}

/** All that is compared of a scenario, as it is committed: pages with one verdict stand together. */
function storyText(told: Told): string {
  const pages = new Map<string, string[]>()
  const known = new Map<string, string>()
  for (const { name, key, verdict } of pagesOf(told)) {
    const text = known.get(key) ?? verdict().join('\n')
    known.set(key, text)
    pages.set(text, [...(pages.get(text) ?? []), name])
  }
  const parts = [...pages].map(([text, names]) => `## ${names.join(', ')}\n${text}`)
  // Of combinations a digest is enough: what goes into them stands under the rows.
  return [`# ${told.title}`, ...(told.isOfTable ? parts : [digestOfAll(parts)])].join('\n')
}

/** What must be found in `verdicts.txt`, each by a name. */
export function paragraphs(corpus: readonly Told[]): { name: string; text: () => string }[] {
  return [
    ...corpus.map((told) => ({ name: told.title, text: () => storyText(told) })),
    ...oddVerdicts,
    ...toldVerdicts(corpus),
  ]
}

declare const __mutation: { corpus: readonly Told[]; verdicts: ReadonlySet<string> } | undefined

if (typeof __mutation !== 'undefined') {
  const { corpus, verdicts } = __mutation
  describe('is judged as before', () => {
    for (const { name, text } of paragraphs(corpus)) {
      it(name, () => {
        const found = text()
        if (!verdicts.has(found)) expect(found, 'not in verdicts.txt').toBe('in verdicts.txt')
      })
    }
  })
}
