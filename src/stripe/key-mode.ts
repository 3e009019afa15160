import type { Scope } from '../core/fact.ts'
import type { JsonHash } from './json.ts'

/** true: the key reads live mode; null: its name does not say. */
export function modeOfKey(apiKey: string): boolean | null {
  const mode = /^(?:sk|rk)_(live|test)_/.exec(apiKey)?.[1]
  return mode === undefined ? null : mode === 'live'
}

/** An answer of the other mode is not the object we asked about, whatever its id. */
export function isOtherMode(json: JsonHash, scope: Scope): boolean {
  return typeof json['livemode'] === 'boolean' && json['livemode'] !== scope.livemode
}

export function otherMode(object: string, scope: Scope): { kind: 'refused'; message: string } {
  const mode = scope.livemode ? 'live' : 'test'
  return {
    kind: 'refused',
    message: `${object} is in ${mode} mode and the Stripe API key is not: set a ${mode} mode key`,
  }
}
