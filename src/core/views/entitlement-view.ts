import type { Snapshot } from '../fact.ts'
import { union, viewLatest, type View } from './view.ts'

export interface EntitlementView extends View<'entitlement_summary'> {
  /**
   * What a summary cut at ten leaves out and the latest complete one listed: kept until a read, since
   * being cut off says nothing (row 92, law 5).
   */
  keptLookupKeys: string[]
}

export function viewEntitlements(
  id: string,
  snapshots: readonly Snapshot<'entitlement_summary'>[],
): EntitlementView | null {
  const view = viewLatest('entitlement_summary', id, snapshots)
  if (view === null) return null
  const complete = snapshots.filter(({ after }) => after !== null && !after.hasMore)
  const earlier = view.state.hasMore
    ? viewLatest('entitlement_summary', id, complete)?.state.lookupKeys
    : []
  const listed = new Set(view.state.lookupKeys)
  return {
    ...view,
    keptLookupKeys: union([earlier ?? []]).filter((key) => !listed.has(key)),
  }
}
