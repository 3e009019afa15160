import type { Grant, GrantUsage } from '../../src/core/decision.ts'
import { FEBRUARY, JANUARY } from './told.ts'

export type GrantFields = Partial<Omit<Grant, 'usage'>> & { usage?: Partial<GrantUsage> }

/** What a monthly subscription gives, as far as usage asks: in its first period, unless told otherwise. */
export const monthly = (fields: Partial<GrantUsage> = {}): GrantUsage => ({
  ...{ group: 'sub_1', periodStart: JANUARY, periodEnd: FEBRUARY },
  ...{ interval: 'month', intervalCount: 1, anchor: JANUARY, overage: 'block' },
  ...{ givenAt: JANUARY, endsAt: null, expiresAfter: null, paid: [], frozenAt: null },
  ...fields,
})

/** 100 a month of `calls`. */
export const plan = ({ usage, ...fields }: GrantFields = {}): Grant => ({
  ...{ feature: 'calls', source: 'sub_1/si_1', kind: 'subscription', product: 'small' },
  ...{ state: 'active', value: 100, until: null, reasons: [] },
  ...fields,
  usage: monthly(usage),
})

/** What is bought or given once has no period of its own. */
export const pass = ({ usage, ...fields }: GrantFields = {}): Grant =>
  plan({
    ...{ kind: 'purchase', source: 'pi_1', ...fields },
    usage: {
      ...{ group: 'pi_1', periodStart: null, periodEnd: null, interval: null, anchor: null },
      ...usage,
    },
  })
