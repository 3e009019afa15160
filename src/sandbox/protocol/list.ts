import type { Table } from '../world/table.ts'
import type { WireList } from '../wire.ts'
import { invalidRequest, missing } from './stripe-error.ts'

export interface Paging {
  readonly limit?: number | undefined
  readonly starting_after?: string | undefined
  readonly ending_before?: string | undefined
}

interface CreatedRange {
  readonly gt?: number | undefined
  readonly gte?: number | undefined
  readonly lt?: number | undefined
  readonly lte?: number | undefined
}

/**
 * One page of a table, newest first, as Stripe pages: `starting_after` goes on to older ones,
 * `ending_before` gives the newer ones next to the cursor, still newest first.
 */
export function pageOf<T extends { readonly id: string }>(
  table: Table<T>,
  paging: Paging,
  url: string,
  keep: (value: T) => boolean = () => true,
): WireList<T> {
  const limit = paging.limit ?? 10
  const { starting_after: after, ending_before: before } = paging
  if (after !== undefined && before !== undefined) {
    throw invalidRequest('You cannot use both starting_after and ending_before.', {
      param: 'starting_after',
    })
  }
  for (const [param, cursor] of [
    ['starting_after', after],
    ['ending_before', before],
  ] as const) {
    if (cursor !== undefined && table.get(cursor) === undefined) {
      throw missing('object', cursor, param, 400)
    }
  }
  const walk = before === undefined ? table.newestFirst(after) : table.newerThan(before)
  const data: T[] = []
  let more = false
  for (const value of walk) {
    if (!keep(value)) continue
    if (data.length === limit) {
      more = true
      break
    }
    data.push(value)
  }
  return { object: 'list', data: before === undefined ? data : data.reverse(), has_more: more, url }
}

/** One page of values already at hand, in the order they are given. */
export function pageOfValues<T extends { readonly id: string }>(
  values: readonly T[],
  paging: Paging,
  url: string,
): WireList<T> {
  const limit = paging.limit ?? 10
  const { starting_after: after, ending_before: before } = paging
  const cursor = after ?? before
  const at = cursor === undefined ? -1 : values.findIndex((value) => value.id === cursor)
  if (cursor !== undefined && at === -1) {
    throw missing('object', cursor, after === undefined ? 'ending_before' : 'starting_after', 400)
  }
  if (before !== undefined) {
    const start = Math.max(0, at - limit)
    return { object: 'list', data: values.slice(start, at), has_more: start > 0, url }
  }
  const data = values.slice(at + 1, at + 1 + limit)
  return { object: 'list', data, has_more: at + 1 + limit < values.length, url }
}

export function isCreatedIn(created: number, range: CreatedRange | undefined): boolean {
  return (
    range === undefined ||
    ((range.gt === undefined || created > range.gt) &&
      (range.gte === undefined || created >= range.gte) &&
      (range.lt === undefined || created < range.lt) &&
      (range.lte === undefined || created <= range.lte))
  )
}
