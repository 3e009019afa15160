import type { z } from 'zod'
import type { AnyObject } from '../world/event.ts'
import type { World } from '../world/world.ts'

export type Method = 'GET' | 'POST' | 'DELETE'

/** One call of the API as a handler sees it. */
export interface Call<Parameters> {
  readonly world: World
  /** The ids in the path, by their name there. */
  readonly path: Readonly<Record<string, string>>
  readonly params: Parameters
  /** The version whose parameters and behaviour the caller asked for: a date and a name. */
  readonly version: string
  /** Where this sandbox is reached from outside, without a trailing slash, for the URLs it hands out. */
  readonly baseUrl: string
}

/** What a handler may answer: an object, a list, or any JSON. */
export type Answer = AnyObject | Readonly<Record<string, unknown>>

export interface Route {
  readonly method: Method
  /** As the API documents it, with `:name` for ids: `/v1/customers/:customer`. */
  readonly path: string
  readonly params: z.ZodType
  readonly legacy: ((params: Record<string, unknown>) => Record<string, unknown>) | undefined
  /** In the place of the API key, where a route asks for another secret. Throws a StripeError. */
  readonly authenticate?: Authenticate | undefined
  readonly handle: (call: Call<unknown>) => Answer
}

type Authenticate = (world: World, authorization: string | null) => void

/**
 * Declares a route. Handlers are synchronous: a call is one change of the world, seen whole or not
 * at all by any other call. Validate before changing; a StripeError does not undo.
 * `legacy` renames parameters of older versions; it is applied where the caller names no version, or
 * one before the current.
 */
export function route<Schema extends z.ZodType>(definition: {
  readonly method: Method
  readonly path: string
  readonly params: Schema
  readonly legacy?: (params: Record<string, unknown>) => Record<string, unknown>
  readonly authenticate?: Authenticate
  readonly handle: (call: Call<z.output<Schema>>) => Answer
}): Route {
  return {
    method: definition.method,
    path: definition.path,
    params: definition.params,
    legacy: definition.legacy,
    authenticate: definition.authenticate,
    handle: definition.handle as (call: Call<unknown>) => Answer,
  }
}
