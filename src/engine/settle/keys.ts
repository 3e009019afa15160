import type { Scope } from '../../core/fact.ts'
import { compareText } from '../../core/canonical.ts'

/** One text per object, customer or root of a scope; never shown, only a map's key. */
export function scopedKey({ account, livemode }: Scope, id: string): string {
  return `${account}\n${livemode ? 'live' : 'test'}\n${id}`
}

/** The order every process locks rows in. */
export function compareScoped(a: Scope & { name: string }, b: Scope & { name: string }): number {
  return (
    compareText(a.account, b.account) ||
    Number(a.livemode) - Number(b.livemode) ||
    compareText(a.name, b.name)
  )
}
