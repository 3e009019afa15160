/** A second up to which something seen pays for, or stands in for pay. */
export interface Anchor {
  readonly to: number
  /** Of the ware itself; else of another that the subscription carries. */
  readonly isOwn: boolean
}
