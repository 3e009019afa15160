import type { Decision, Grant } from '../../../src/core/decision.ts'

type Kind = Grant['kind']

/** The rule a reason's code speaks for; where two kinds of source share a code, by kind. */
const RULE_OF_CODE: Readonly<Record<string, string | Partial<Record<Kind, string>>>> = {
  purchased: 'R01',
  pass_over: 'R01',
  pass_ahead: 'R01',
  pass_waiting: 'R30',
  not_captured: 'R02',
  payment_canceled: 'R02',
  checkout_paid: 'R03',
  invoice_paid: 'R03',
  subscription_unseen: 'R03',
  payment_processing: 'R04',
  payment_open: 'R04',
  payment_failed: { purchase: 'R04', subscription: 'R10' },
  trial: 'R06',
  trial_over: 'R06',
  trial_not_granted: 'R06',
  paid: 'R07',
  renewal_window: 'R08',
  renewal_processing: 'R08',
  renewal_overdue: 'R08',
  finalization_failed: 'R08',
  first_payment_open: 'R09',
  first_payment_failed: 'R09',
  first_payment_processing: 'R09',
  grace_over: 'R10',
  invoice_sent: 'R11',
  invoice_overdue: 'R11',
  invoice_unpaid: 'R11',
  unpaid: 'R12',
  subscription_paused: 'R12',
  incomplete_expired: 'R13',
  collection_paused: 'R14',
  subscription_ended: 'R15',
  cancel_scheduled: 'R16',
  cancel_reached: 'R16',
  refunded: 'R18',
  payment_refunded: 'R19',
  payment_reversed: 'R20',
  dispute_open: 'R20',
  dispute_lost: 'R20',
  customer_deleted: 'R23',
  unmatched_price: 'R24',
  entitled: 'R25',
  entitlements_cut: 'R25',
  granted_by_hand: 'R27',
  revoked_by_hand: 'R27',
  grant_over: 'R27',
  nothing_due: 'R28',
}

/** The rules that a verdict shows at work. */
export function rulesOf({ grants, alerts }: Decision): string[] {
  const rules = grants.flatMap(({ kind, reasons }) =>
    reasons.flatMap(({ code }) => {
      const rule = RULE_OF_CODE[code]
      return typeof rule === 'string' ? rule : (rule?.[kind] ?? [])
    }),
  )
  const features = new Map<string, number>()
  for (const { feature, state } of grants) {
    const isAllowed = ['active', 'trial', 'ending', 'grace'].includes(state)
    if (isAllowed) features.set(feature, (features.get(feature) ?? 0) + 1)
  }
  if ([...features.values()].some((count) => count > 1)) rules.push('R22')
  for (const { code } of alerts) {
    if (code === 'unmatched_price') rules.push('R24')
    if (code === 'identity_conflict') rules.push('R29')
  }
  return [...new Set(rules)].sort()
}
