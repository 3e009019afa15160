import type { World } from '../world/world.ts'

/** An object while it is being turned: JSON whose fields nobody vouches for. */
export type Fields = Readonly<Record<string, unknown>>

/** Where a shape looks things up, and which version it is for. */
export interface OldContext {
  readonly world: World
  /** A date and perhaps a name: `2023-10-16`. */
  readonly version: string
}

/** Turns one object; what is inside it is turned after it. */
export type OldShape = (context: OldContext, fields: Fields) => Fields

/** All but the fields named: those that came later. */
export function without(fields: Fields, ...names: readonly string[]): Record<string, unknown> {
  const rest = { ...fields }
  for (const name of names) delete rest[name]
  return rest
}

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}

/** The id of what may be an id or the object behind it. */
export function idOf(value: unknown): string | null {
  if (typeof value === 'string') return value
  const id = fieldsOf(value)['id']
  return typeof id === 'string' ? id : null
}

export function arrayOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** Embedded lists told how many they have in all. */
export function counted(list: unknown, total?: number): unknown {
  const fields = fieldsOf(list)
  if (fields['object'] !== 'list') return list
  return { ...fields, total_count: total ?? arrayOf(fields['data']).length }
}
