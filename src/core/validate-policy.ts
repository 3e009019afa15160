import { isRecord, oneOf, show, type Check, type Report } from './catalog-problem.ts'

const count: Check = (value) =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 && value <= 100_000
    ? null
    : `is ${show(value)}; use a number from 0 to 100000`

const POLICY: ReadonlyMap<string, Check> = new Map(
  Object.entries<Check>({
    grantWhileProcessing: oneOf(true, false),
    trial: oneOf('grant', 'deny'),
    pastDueGraceDays: count,
    renewalWindowHours: count,
    sendInvoice: oneOf('untilDue', 'paidOnly'),
    processingDays: count,
    outageHoldHours: count,
    pauseCollection: oneOf('keep', 'suspend'),
    unpaidUpgrade: oneOf('keepOld', 'grantNew'),
    oneTimeRefund: oneOf('revoke', 'keep'),
    partialRefund: oneOf('revoke', 'keep'),
    subscriptionRefund: oneOf('revoke', 'keep'),
    dispute: oneOf('suspend', 'keep'),
    customerIdMetadataKey: (value) =>
      typeof value === 'string' && value.length > 0 && value.length <= 40
        ? null
        : `is ${show(value)}; use a metadata key of 1 to 40 characters`,
    trustClientReferenceId: oneOf('always', 'exceptPaymentLinks', 'never'),
    lateUsage: oneOf('bill', 'drop'),
  }),
)

/** What a product cannot set for itself. */
export const CATALOG_ONLY = new Set([
  'customerIdMetadataKey',
  'trustClientReferenceId',
  'outageHoldHours',
  'lateUsage',
])

export function validatePolicy(
  value: unknown,
  path: string,
  excluded: ReadonlySet<string>,
  report: Report,
): void {
  if (!isRecord(value)) return report(path, `is ${show(value)}; use an object of policies`)
  for (const [name, setting] of Object.entries(value)) {
    const check = POLICY.get(name)
    if (check === undefined) {
      report(`${path}.${name}`, `is not a policy (known: ${[...POLICY.keys()].join(', ')})`)
    } else if (excluded.has(name)) {
      report(`${path}.${name}`, 'holds for the whole catalog; set it in the top-level policy')
    } else {
      const wrong = check(setting)
      if (wrong !== null) report(`${path}.${name}`, wrong)
    }
  }
}
