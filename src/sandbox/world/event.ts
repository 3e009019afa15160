import type { Json } from '../wire.ts'

/** What a stored object looks like to code that does not care which it is. */
export interface AnyObject {
  readonly object: string
  readonly id?: string
}

/** The API request that caused a change, or nulls where Stripe's own automation did. */
export interface Cause {
  readonly id: string | null
  readonly idempotency_key: string | null
}

/** A snapshot event: `data.object` is the object as it was when the event was emitted. */
export interface SnapshotEvent {
  readonly id: string
  readonly object: 'event'
  readonly api_version: string
  /** Unix seconds on the clock of the object's customer. */
  readonly created: number
  readonly data: {
    readonly object: AnyObject
    readonly previous_attributes?: Readonly<Record<string, Json | undefined>>
  }
  readonly livemode: false
  readonly request: Cause
  readonly type: string
  /** When it was emitted on the sandbox's own clock, Unix seconds; not part of what Stripe shows. */
  readonly emitted: number
}

/** A thin event (`v2.core.event`): it names an object and carries no snapshot. */
export interface ThinEvent {
  readonly id: string
  readonly object: 'v2.core.event'
  readonly type: string
  /** ISO 8601, as all of /v2. */
  readonly created: string
  readonly livemode: false
  readonly reason: null
  readonly related_object: {
    readonly id: string
    readonly type: string
    readonly url: string
  } | null
  readonly data?: Json
}
