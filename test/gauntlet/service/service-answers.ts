import type { FeatureAccess, Need } from '../../../src/core/decision.ts'
import type { Database } from '../../../src/store/database.ts'
import { storedVerdicts } from '../../support/engine.ts'
import type { Answer } from '../core/verdict.ts'

/** What the service answers of everyone it knows: the stored verdicts, each with its `until` applied. */
export interface ServiceAnswers {
  readonly customers: readonly string[]
  readonly needs: readonly Need[]
  of(customer: string, feature: string): Answer
}

const NOTHING: Answer = { allowed: false, value: null, text: 'not allowed: unknown' }

/** `at`: Unix seconds by the service's clock. */
export async function readAnswers(database: Database, at: number): Promise<ServiceAnswers> {
  const verdicts = await storedVerdicts(database)
  return {
    customers: [...verdicts.keys()],
    needs: [...verdicts.values()].flatMap(({ needs }) => needs as Need[]),
    of(customer, feature) {
      const access = verdicts.get(customer)?.access[feature]
      return access === undefined ? NOTHING : answerAt(access, at)
    },
  }
}

function answerAt(access: FeatureAccess, at: number): Answer {
  const { allowed, state, value, until, reasons } = access
  const isOver = until !== null && until <= at
  const codes = reasons.map(({ code }) => code).join(', ')
  const shown = allowed && typeof value === 'number' ? ` ${String(value)}` : ''
  const end = until === null ? '' : ` until ${new Date(until * 1_000).toISOString()}`
  return {
    allowed: allowed && !isOver,
    value: allowed && !isOver ? value : null,
    text: `${state}${shown}${end} (${codes})`,
  }
}
