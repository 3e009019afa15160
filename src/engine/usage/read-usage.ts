import type { Grant } from '../../core/decision.ts'
import type { Scope } from '../../core/fact.ts'
import { historyOf, type HistoryEntry } from '../../core/usage/history.ts'
import type { Burn } from '../../core/usage/ledger.ts'
import { take } from '../../core/usage/take.ts'
import type { Database } from '../../store/database.ts'
import {
  readLedgers,
  type LedgerKey,
  type LedgerRow,
} from '../../store/statements/usage-ledgers.ts'
import { readSpends } from '../../store/statements/usage-spends.ts'
import type { Access, CheckAnswer } from '../engine.ts'
import { ledgerKey, standingsOf, type StandingSource } from './load-standings.ts'
import { checkQuantity, usageFeature } from './operation.ts'
import { shownUsage, usageOf, type Standing } from './standing.ts'
import { refusal } from './usage-answer.ts'
import { createUsageBatches } from './usage-batches.ts'
import type { CustomerUsage } from './usage-contract.ts'

export interface UsageReaderOptions {
  database: Database
  source: StandingSource
  readAccess: (customer: string, scope: Scope) => Promise<Access>
  /** Where reads write nothing: the grants of a customer whose time has come; null: they were woken. */
  decide: ((customer: string, scope: Scope) => Promise<Grant[]>) | null
}

/** Uses that a history names one by one; what is older stands in it as a sum. */
const MAX_SPENDS = 1000

interface Question {
  key: LedgerKey
  /** Unix seconds. */
  at: number
}

export type UsageReader = ReturnType<typeof createUsageReader>

/** Answers how much is used and left, from one read that locks nothing. */
export function createUsageReader({ database, source, readAccess, decide }: UsageReaderOptions) {
  // Questions that come at once share their statements: most of a small one's time is planning.
  const questions = createUsageBatches<Question, Standing>({
    async apply(asked) {
      const keys = new Map(asked.map(({ key }) => [ledgerKey(key), key]))
      const rows = await readLedgers(database, [...keys.values()])
      const standings = new Map<string, Standing>()
      for (const at of new Set(asked.map((question) => question.at))) {
        const own = new Set(asked.flatMap((one) => (one.at === at ? ledgerKey(one.key) : [])))
        const due = await refreshed(
          rows.filter((row) => own.has(ledgerKey(row))),
          at,
        )
        for (const standing of await standingsOf(database, source, due, at)) {
          standings.set(`${at} ${ledgerKey(standing)}`, standing)
        }
      }
      return asked.map(({ at, key }) => {
        const answer = standings.get(`${at} ${ledgerKey(key)}`)
        return answer === undefined
          ? { ok: false, error: new Error(`${key.feature} is not in the catalog`) }
          : { ok: true, answer }
      })
    },
  })

  /** Where reads write nothing, those whose time has come are decided for this answer alone. */
  async function refreshed(rows: readonly LedgerRow[], at: number): Promise<LedgerRow[]> {
    return Promise.all(
      rows.map(async (row) => {
        if (decide === null || row.wake_at === null || Number(row.wake_at) > at) return row
        const grants = await decide(row.customer, row)
        return { ...row, grants: grants.filter(({ feature }) => feature === row.feature) }
      }),
    )
  }

  const readStanding = (key: LedgerKey, at: number) => questions.submit({ key, at })

  async function history(standing: Standing): Promise<HistoryEntry[]> {
    const rows = await readSpends(database, standing.id, MAX_SPENDS)
    // What the ledger was found to lack is not noted on its rows yet.
    const folded = new Set(standing.spends.map(({ id }) => id))
    const noted = rows
      .filter(({ id, kind }) => kind !== 'track' || !folded.has(id))
      .map(({ id, at, kind, burned }) => ({
        id,
        at: Number(at),
        burned: burned as Burn[],
        isGivenBack: kind === 'cancel',
      }))
    const latest = standing.spends.map((spend) => ({ ...spend, isGivenBack: false }))
    return historyOf(standing.ledger, [...noted.reverse(), ...latest], standing.now)
  }

  return {
    /** Adds to what access says of the feature whether there is enough of it left. */
    async check(
      found: CheckAnswer,
      quantity: number,
      { account, livemode }: Scope,
    ): Promise<CheckAnswer> {
      checkQuantity(quantity, 1)
      const { customer, feature, asOf } = found
      const standing = await readStanding({ account, livemode, customer, feature }, asOf)
      const { ledger, isAllowed, now } = standing
      const { ok } = take(ledger, { quantity, at: now, mode: 'consume', isAllowed })
      return {
        ...found,
        allowed: ok,
        reasons: ok ? found.reasons : [refusal(standing, quantity, now), ...found.reasons],
        usage: shownUsage(standing, now),
      }
    },

    async usage(customer: string, feature: string, scope: Scope): Promise<CustomerUsage> {
      const { type } = usageFeature(source.catalog, feature)
      const access = await readAccess(customer, scope)
      const { account, livemode } = scope
      const key = { account, livemode, customer: access.customer, feature }
      const standing = await readStanding(key, access.asOf)
      const { ledger, isAllowed, now } = standing
      return {
        customer: access.customer,
        feature,
        type,
        allowed: isAllowed,
        ...shownUsage(standing, now),
        over: usageOf(standing, now).over,
        asOf: now,
        allowances: ledger.allowances,
        holds: ledger.holds,
        history: type === 'credits' ? await history(standing) : [],
      }
    },
  }
}
