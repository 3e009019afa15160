/** Anything that can stand in a JSON document. */
export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined }

/** An SDK type whose values carry `isZero`: its `Decimal`, which is a string on the wire. */
interface DecimalLike {
  isZero(): boolean
}

/**
 * A type of Stripe's SDK as it stands in JSON before anything is expanded: decimals are strings,
 * expandable fields are ids, everything is read-only. Written against these types, an object that
 * lacks a field Stripe always sends does not compile.
 */
export type Wire<T> = T extends DecimalLike
  ? string
  : T extends string | number | boolean | null | undefined
    ? T
    : T extends readonly (infer Element)[]
      ? readonly WireField<Element>[]
      : T extends object
        ? { readonly [Key in keyof T]: WireField<T[Key]> }
        : never

/** A field that may be an id or the object behind it is kept as the id. */
type WireField<T> = [Extract<T, string>] extends [never]
  ? Wire<T>
  : Wire<Exclude<T, { readonly object: string }>>

/** One page of a list as Stripe embeds and answers it. */
export interface WireList<T> {
  readonly object: 'list'
  readonly data: readonly T[]
  readonly has_more: boolean
  readonly url: string
}
