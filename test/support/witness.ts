import { type Body, bodyAt, bodyObject, isEvent } from './stripe/index.ts'
import { carriedUntil, NEVER } from './stories/carried-until.ts'
import { isMoney, isSessionPaid, type Policies } from './stories/money.ts'
import type { Story, WitnessSource } from './stories/story.ts'
import {
  isDisputed,
  isPrevented,
  isRefunded,
  latestOf,
  mentions,
  ofKind,
  type Sight,
} from './stories/taken-back.ts'

/**
 * An upper bound that knows nothing of how decisions are made: whether anything in a subset of a
 * story's bodies could justify serving the customer at second `at`. Access where this says no is
 * access without money. It holds for any subset, so it errs on the side of yes.
 */
export function mayBeAllowed(
  story: Story,
  subset: readonly Body[],
  question: { customer: string; feature: string; at: number },
): boolean {
  const sights = subset.map((body) => ({
    type: isEvent(body) ? body.type : 'read',
    at: bodyAt(body),
    object: bodyObject(body),
  }))
  const policy = story.catalog.policy ?? {}
  return story.witness.sources.some(
    (source) =>
      source.customers.includes(question.customer) &&
      source.features.includes(question.feature) &&
      question.at <= servedUntil(source, sights, policy, question.at),
  )
}

function servedUntil(
  source: WitnessSource,
  sights: readonly Sight[],
  policy: Policies,
  at: number,
): number {
  if (source.kind === 'entitlement') return entitledUntil(source, sights)
  if (source.kind === 'purchase') return purchaseUntil(source, sights, policy)
  return carriedUntil(source, sights, policy, at)
}

function entitledUntil(source: WitnessSource, sights: readonly Sight[]): number {
  const summaries = ofKind(sights, 'entitlements.active_entitlement_summary').filter(
    ({ object }) => object['customer'] === source.root,
  )
  const isListed = latestOf(summaries).some(({ object }) => mentions(object, source.lookupKey))
  return isListed ? Infinity : NEVER
}

function purchaseUntil(source: WitnessSource, sights: readonly Sight[], policy: Policies): number {
  const joined = source.joined ?? []
  const isPaid = sights.some(
    ({ object }) =>
      (object['id'] === source.root && isSessionPaid(object, sights, policy)) ||
      (joined.some((id) => mentions(object, id)) && isMoney(object)),
  )
  if (!isPaid) return NEVER
  const isBack = joined.some(
    (id) =>
      (policy.oneTimeRefund !== 'keep' &&
        (isRefunded(sights, id, source.amount ?? Infinity) || isPrevented(sights, id))) ||
      (policy.dispute !== 'keep' && isDisputed(sights, id)),
  )
  return isBack ? NEVER : (source.until ?? Infinity)
}
