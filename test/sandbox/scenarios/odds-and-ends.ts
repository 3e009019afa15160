import { ACCOUNTS } from './odds-accounts.ts'
import { CATALOGUE } from './odds-catalogue.ts'
import { DECIDED_DISPUTES } from './odds-disputes-decided.ts'
import { DISPUTES } from './odds-disputes.ts'
import { FRAUD } from './odds-fraud.ts'
import { INVOICE_PAYMENTS } from './odds-invoice-payments.ts'
import { INVOICES } from './odds-invoices.ts'
import { REFUNDS } from './odds-refunds.ts'
import { TOPOLOGY } from './odds-topology.ts'
import type { Scenario } from './scenario.ts'

export const ODDS_AND_ENDS: readonly Scenario[] = [
  ...REFUNDS,
  ...DISPUTES,
  ...DECIDED_DISPUTES,
  ...FRAUD,
  ...INVOICES,
  ...INVOICE_PAYMENTS,
  ...CATALOGUE,
  ...TOPOLOGY,
  ...ACCOUNTS,
]
