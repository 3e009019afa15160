import { formatSecond } from './calendar.ts'
import { clean } from './canonical.ts'
import type { GrantValue, Need } from './decision.ts'
import type { JudgeContext } from './judge-subscription.ts'
import { always, because, Timeline, type Source } from './source.ts'
import { givenOnce } from './source-usage.ts'
import type { EntitlementView } from './views/entitlement-view.ts'
import type { View } from './views/view.ts'

/** Stripe's own Entitlements: granted while the latest summary lists the feature (row 92). */
export function judgeEntitlements(
  { catalog, facts }: JudgeContext,
  summary: EntitlementView,
  owner: string,
): Source[] {
  const { evidence, id, state } = summary
  const isGone = facts.customers.get(id)?.state.deleted === true
  const listed = new Set([...state.lookupKeys, ...summary.keptLookupKeys])
  const given = new Map<string, GrantValue | undefined>()
  const unknown = new Map<string, GrantValue | undefined>()
  for (const [lookupKey, features] of catalog.byStripeFeature) {
    const target = listed.has(lookupKey) ? given : state.hasMore ? unknown : null
    for (const feature of features) target?.set(feature, undefined)
  }
  // A webhook lists ten at most: what it leaves out may be there all the same.
  const isUncertain = summary.isAmbiguous || unknown.size > 0 || summary.keptLookupKeys.length > 0
  const needs: Need[] =
    isUncertain && !isGone
      ? [
          {
            type: 'entitlement_summary',
            object: id,
            reason: 'has more entitlements than an event lists',
          },
        ]
      : []
  const source = (
    suffix: string,
    values: Source['gives'],
    segments: Source['segments'],
  ): Source => ({
    id: `entitlements/${id}${suffix}`,
    kind: 'entitlement',
    owner,
    segments,
    gives: values,
    usage: givenOnce(`entitlements/${id}`, isGone ? null : 0),
    needs: suffix === '' ? needs : [],
    alerts: [],
  })
  const listedSegments = isGone
    ? always(
        'ended',
        because('customer_deleted', 'The Stripe customer was deleted.', evidence, [id]),
      )
    : always(
        'active',
        because(
          'entitled',
          'Stripe lists the feature among the customer’s active entitlements.',
          evidence,
          [id],
        ),
      )
  const sources = [source('', { kind: 'features', values: given }, listedSegments)]
  if (unknown.size > 0 && !isGone) {
    const open = always(
      'pending',
      because(
        'entitlements_cut',
        'Stripe lists more entitlements than the event carried.',
        evidence,
        [id],
      ),
    )
    sources.push(source('/more', { kind: 'features', values: unknown }, open))
  }
  return sources
}

/** A person's grant is a source of its own that no event of Stripe's can take (law 6). */
export function judgeManual({ id, state, evidence }: View<'manual_grant'>): Source {
  const note = state.note === null ? '' : ` (${clean(state.note)})`
  const granted = (until: string) =>
    because('granted_by_hand', `Granted by hand${until}${note}.`, evidence, [id])
  const timeline = new Timeline()
  let segments
  if (state.isRevoked) {
    segments = always(
      'ended',
      because('revoked_by_hand', `The grant was revoked by hand${note}.`, evidence, [id]),
    )
  } else if (state.until === null) {
    segments = timeline.after('active', granted(''))
  } else {
    const when = formatSecond(state.until)
    segments = timeline
      .until(state.until, 'active', granted(` until ${when}`))
      .after('ended', because('grant_over', `The grant by hand ended ${when}.`, evidence, [id]))
  }
  return {
    id: `manual/${id}`,
    kind: 'manual',
    owner: state.customer,
    segments,
    gives: { kind: 'features', values: new Map([[state.feature, state.value ?? undefined]]) },
    usage: givenOnce(`manual/${id}`, state.isRevoked ? null : state.from, state.until),
    needs: [],
    alerts: [],
  }
}
