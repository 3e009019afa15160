import type Stripe from 'stripe'
import { type Played, CURRENT, OLD } from '../../sandbox/decided/decided-stage.ts'
import { type Body, bodyObject, isEvent } from '../../support/stripe/index.ts'
import { Mailroom, type Parcel } from './parcel.ts'

/** Events no further apart belong to one cluster, in seconds. */
const CLUSTER_GAP = 3_600

/** All that a story sends, in both shapes, opened once. */
export interface Mail {
  /** Places of all events, in the order of emission. */
  readonly events: readonly number[]
  /** Those of which some fact is kept that a rule reads. */
  readonly telling: readonly number[]
  readonly silent: readonly number[]
  /** Events by time, cut where more than an hour lies between two. */
  readonly clusters: readonly (readonly number[])[]
  /** Seconds at which events were made, ascending. */
  readonly moments: readonly number[]
  /** Answers that show what each Checkout sold: no event does (stripe-facts §6.4). */
  readonly reads: readonly Parcel[]
  /** `version`: 0 current, 1 before basil. */
  parcel(event: number, version: number): Parcel
  /** The change told once more by another Event object, `later` seconds after. */
  double(event: number, version: number, later: number): Parcel
  open(body: Body): Parcel
}

export async function mailOf(played: Played): Promise<Mail> {
  const room = new Mailroom()
  const open = (version: string) => played.bodies(version).map((body, at) => room.open(body, at))
  const shapes = [open(CURRENT), open(OLD)]
  const current = shapes[0] as Parcel[]
  const events = current.map(({ event }) => event)
  const isTelling = (event: number) =>
    shapes.some((parcels) =>
      parcels[event]?.parts.some(
        ({ snapshot: { type } }) => type !== 'product' && type !== 'price',
      ),
    )
  const doubles = new Map<string, Parcel>()
  const parcel = (event: number, version: number) => (shapes[version] as Parcel[])[event] as Parcel
  return {
    events,
    telling: events.filter(isTelling),
    silent: events.filter((event) => !isTelling(event)),
    clusters: clustersOf(current),
    moments: [...new Set(current.map(({ at }) => at))].sort((a, b) => a - b),
    reads: (await lineItemReads(played, current)).map((body) => room.open(body, -1)),
    parcel,
    double(event, version, later) {
      const original = parcel(event, version)
      // Nothing comes from after the story's end.
      const by = original.at + later > played.end ? 0 : later
      const name = `${String(event)} ${String(version)} ${String(by)}`
      const made = doubles.get(name) ?? room.double(original, by)
      doubles.set(name, made)
      return made
    },
    open: (body) => room.open(body, -1),
  }
}

function clustersOf(parcels: readonly Parcel[]): number[][] {
  const byTime = [...parcels].sort((a, b) => a.at - b.at || a.event - b.event)
  const clusters: number[][] = []
  let last = -Infinity
  for (const { at, event } of byTime) {
    if (at - last > CLUSTER_GAP) clusters.push([])
    clusters.at(-1)?.push(event)
    last = at
  }
  return clusters
}

/** What a read of each completed Session would have shown soon after; its line items never change. */
async function lineItemReads(played: Played, parcels: readonly Parcel[]): Promise<Body[]> {
  const reads: Body[] = []
  for (const { body, at } of parcels) {
    const session = bodyObject(body)
    if (!isEvent(body) || body.type !== 'checkout.session.completed') continue
    if (session['mode'] !== 'payment' || at + 5 > played.end) continue
    const items = await lineItemsOf(played.stage.api, String(session['id']))
    reads.push({
      object: 'proviso.read',
      type: 'checkout_session',
      id: String(session['id']),
      requested_at: at + 5,
      result: { ...session, line_items: items },
    })
  }
  return reads
}

async function lineItemsOf(api: Stripe, session: string): Promise<unknown> {
  const list = await api.checkout.sessions.listLineItems(session, { limit: 100 })
  return JSON.parse(JSON.stringify({ object: 'list', data: list.data, has_more: false }))
}
