import type { CatalogDefinition } from '../../../src/core/catalog.ts'
import type { Sandbox } from '../../../src/sandbox/index.ts'

/** A way to turn Stripe's webhooks into access: Proviso, or what people use today. */
export interface Contestant {
  /** Short, for tables: `proviso`, `naive`, `better-auth`. */
  readonly name: string
  /** How it is set up, and by which documented advice its access is read; one or two sentences. */
  readonly setUp: string
  /** What it offers; absent: everything. It is not judged by what it does not offer. */
  readonly covers?: readonly Offer[]
  /** It reads payloads of API versions before 2025-03-31 too: its late mail mixes them in. */
  readonly readsOldVersions?: true
  /** Makes its tables in an empty database, of which each story gets a copy; absent: `open` does. */
  prepare?(databaseUrl: string): Promise<void>
  open(setting: Setting): Promise<Seat>
}

export type Offer = 'subscriptions' | 'purchases' | 'entitlements'

export interface Setting {
  /** Listens on 127.0.0.1: its API answers reads under `sandbox.url` as it stands at that moment. */
  readonly sandbox: Sandbox
  readonly catalog: CatalogDefinition
  /** A database of its own on a real PostgreSQL: empty but for what `prepare` has made. */
  readonly databaseUrl: string
  /** The secret that deliveries are signed with. */
  readonly secret: string
  /** Unix seconds by the sandbox's clock: a contestant knows no other time. */
  now(): number
}

/** One contestant in one story. */
export interface Seat {
  /** Its webhook handler. */
  take(request: Request): Promise<Response>
  /** What it would answer at this moment of everyone it knows; not listed: not allowed. */
  answers(): Promise<readonly Answer[]>
  /** Calls of Stripe's API it has made. */
  readonly reads: number
  close(): Promise<void>
}

export interface Answer {
  /** The app's customer where the contestant knows it, else Stripe's `cus_…`. */
  readonly customer: string
  readonly feature: string
  readonly allowed: boolean
  /** Seats of a quantity feature; true for a flag; null: unlimited, or nothing. */
  readonly value: number | boolean | null
  /** Second from which it would answer no by itself; null: only a delivery changes it. */
  readonly until: number | null
}
