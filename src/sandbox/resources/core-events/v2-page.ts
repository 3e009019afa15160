import { z } from 'zod'
import { hash } from '../../protocol/parameters.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Table } from '../../world/table.ts'

/** Lists of /v2 page by a token inside `next_page_url`, not by ids. */

export const limit = z.coerce.number().int().min(1).max(100)

/** RFC 3339, or the Unix seconds that the SDK's types have; as milliseconds. */
const time = z.string().transform((value, context) => {
  const at = /^\d+$/u.test(value) ? Number(value) * 1_000 : Date.parse(value)
  if (!Number.isNaN(at)) return at
  const message = `Invalid timestamp: ${value}`
  context.addIssue({ code: 'custom', message, params: { message } })
  return z.NEVER
})

export const timeRange = hash({
  gt: time.optional(),
  gte: time.optional(),
  lt: time.optional(),
  lte: time.optional(),
})

export interface V2Page<T> {
  readonly data: readonly T[]
  readonly next_page_url: string | null
  readonly previous_page_url: string | null
}

interface V2Paging {
  readonly limit?: number | undefined
  readonly page?: string | undefined
}

const DEFAULT_LIMIT = 20

/** Newest first. The token says which element the page starts after, or ends before. */
export function pageOfV2<T extends { readonly id: string }>(
  table: Table<T>,
  paging: V2Paging & Readonly<Record<string, unknown>>,
  url: string,
  keep: (value: T) => boolean,
): V2Page<T> {
  const size = paging.limit ?? DEFAULT_LIMIT
  const { direction, id } = readToken(paging.page)
  const walk =
    id === undefined
      ? table.newestFirst()
      : direction === 'after'
        ? table.newestFirst(id)
        : table.newerThan(id)
  const data: T[] = []
  let more = false
  for (const value of walk) {
    if (!keep(value)) continue
    if (data.length === size) {
      more = true
      break
    }
    data.push(value)
  }
  if (direction === 'before') data.reverse()
  const link = (to: 'after' | 'before', value: T | undefined) =>
    value === undefined ? null : `${url}?limit=${String(size)}&page=${to}_${value.id}`
  return {
    data,
    next_page_url: direction === 'before' || more ? link('after', data.at(-1)) : null,
    previous_page_url:
      id !== undefined && (direction === 'after' || more) ? link('before', data[0]) : null,
  }
}

function readToken(token: string | undefined) {
  if (token === undefined) return { direction: 'after', id: undefined } as const
  const match = /^(after|before)_(.+)$/u.exec(token)
  if (match === null) throw invalidRequest(`Invalid page token: ${token}`, { param: 'page' })
  return { direction: match[1] === 'before' ? 'before' : 'after', id: match[2] } as const
}
