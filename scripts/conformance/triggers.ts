/** Families of the CLI's triggers that are not about billing. */
const ELSEWHERE = /^(account|balance|identity|issuing_\w+|payout|reporting|topup|transfer)(\.|$)/

/** Two names that are no types of events; what their calls bring about. */
const STANDS_FOR: Record<string, string[]> = {
  'subscription.payment_failed': ['customer.subscription.created', 'invoice.payment_failed'],
  'subscription.payment_succeeded': ['customer.subscription.created', 'invoice.payment_succeeded'],
}

/** How many billing triggers version 1.52.0 of the CLI has: fewer would be found to be all right. */
export const BILLING_TRIGGERS = 98

/** The names of the billing triggers, out of `stripe trigger --help`. */
export function billingTriggers(help: string): string[] {
  const listed = /Supported events:\n((?: {2}\S+\n)+)/.exec(help)?.[1]
  if (listed === undefined) throw new Error('`stripe trigger --help` lists no supported events.')
  return listed
    .trim()
    .split(/\s+/)
    .filter((name) => !ELSEWHERE.test(name))
}

/** The types of the events that a trigger must bring about. */
export function expectedEvents(trigger: string): readonly string[] {
  return STANDS_FOR[trigger] ?? [trigger]
}

/**
 * The last step of these goes to https://meter-events.stripe.com whatever `--api-base` says; only a
 * unix socket takes it along.
 */
export function needsSocket(trigger: string): boolean {
  return trigger.startsWith('v1.billing.meter.')
}
