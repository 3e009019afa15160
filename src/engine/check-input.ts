import type { Scope } from '../core/fact.ts'
import { ProvisoError } from '../errors.ts'
import { isStorable } from '../storable-text.ts'

/** Types hold for who writes TypeScript: everybody else is told as well what is wrong. */
export function checkObject(value: unknown, what: string, fields: string): void {
  if (typeof value === 'object' && value !== null) return
  throw new ProvisoError(
    'invalid_request',
    `${shown(value)} is no ${what}: send an object with ${fields}.`,
  )
}

/** A name that something stored may have. */
export function checkText(name: string, value: unknown): void {
  if (typeof value === 'string' && value !== '' && isStorable(value)) return
  throw new ProvisoError(
    'invalid_request',
    `${name} ${shown(value)} cannot be used: take a text that is not empty, without NUL and without halves of characters.`,
    { details: { name } },
  )
}

/** What is asked for by names, each of which may be left out. */
export function checkQuery<Name extends string>(
  query: { readonly [name in Name]?: unknown },
  ...names: readonly Name[]
): void {
  checkObject(query, 'query', names.join(', '))
  for (const name of names) if (query[name] !== undefined) checkText(name, query[name])
}

export function checkScope(scope: Partial<Scope>): void {
  checkObject(scope, 'scope', 'account and livemode')
  const { account, livemode } = scope as Record<keyof Scope, unknown>
  // An empty one is the account itself.
  if (account !== '' && account !== null && account !== undefined) checkText('account', account)
  if (typeof livemode === 'boolean' || livemode === null || livemode === undefined) return
  throw new ProvisoError(
    'invalid_request',
    `livemode ${shown(livemode)} is no mode: use true, false, or leave it out.`,
    { details: { name: 'livemode' } },
  )
}

/** Wherever one of a few words is asked for. */
export function checkChoice(name: string, value: unknown, choices: readonly string[]): void {
  if (choices.some((choice) => choice === value)) return
  throw new ProvisoError(
    'invalid_request',
    `${name} ${shown(value)} is unknown: use one of ${choices.join(', ')}.`,
    { details: { name } },
  )
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 40))
  return typeof value === 'object' && value !== null ? 'that is an object' : String(value)
}
