import type { Engine } from '../engine/engine.ts'
import type { Log } from '../log.ts'

/** What the HTTP face works with; passed once to `createApp`. */
export interface AppDependencies {
  engine: Engine
  /** Names of the catalog's features, for telling an unknown one from one not granted. */
  features: readonly string[]
  /** `whsec_…`; a signature by any of them is good, so that a secret can be rolled. */
  webhookSecrets: readonly string[]
  /** Bearer keys for `/v1`; none and not `allowUnauthenticated`: every call is refused. */
  apiKeys?: readonly string[]
  /** Lets `/v1` be called without a key. Only for a server bound to a loopback address. @defaultValue false */
  allowUnauthenticated?: boolean
  /** The mode this service serves; null: both. An event of the other one is stored and warned about. @defaultValue null */
  livemode?: boolean | null
  /** Seconds a signature may be old or early. @defaultValue 300 */
  toleranceSeconds?: number
  /** Runs after a new event is committed and before it is answered (serverless). Must not reject. */
  afterCommit?: (() => Promise<void>) | undefined
  /** Aborted when the server begins to stop: open streams and waits end. */
  closing?: AbortSignal
  log?: Log
  /** Milliseconds since 1970. @defaultValue Date.now */
  clock?: () => number
}
