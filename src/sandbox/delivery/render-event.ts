import { BASIL, isBefore } from '../protocol/versions.ts'
import { renderFor } from '../versions/render.ts'
import type { Json } from '../wire.ts'
import type { SnapshotEvent } from '../world/event.ts'
import type { World } from '../world/world.ts'
import { previousAttributes } from '../world/previous-attributes.ts'

/** An event as an endpoint of `version` receives it. `world` is where older shapes look things up. */
export function renderEvent(
  world: World,
  event: SnapshotEvent,
  version: string,
  pendingWebhooks: number,
): Readonly<Record<string, unknown>> {
  const { object, previous_attributes: previous } = event.data
  const rendered = renderFor(world, version, object)
  const { id, object: kind, created, livemode, request, type } = event
  return {
    id,
    object: kind,
    api_version: version,
    created,
    data: {
      object: rendered,
      ...(previous === undefined
        ? {}
        : { previous_attributes: previousFor(world, version, object, previous, rendered) }),
    },
    livemode,
    pending_webhooks: pendingWebhooks,
    request,
    type,
  }
}

type Fields = Readonly<Record<string, Json | undefined>>

/** In an older shape the difference is taken anew: fields that moved have moved in it too. */
function previousFor(
  world: World,
  version: string,
  object: unknown,
  previous: Fields,
  rendered: unknown,
): unknown {
  if (!isBefore(version, BASIL)) return previous
  const before = renderFor(world, version, overlay(object as Fields, previous))
  return previousAttributes(before as object, rendered as object) ?? {}
}

function overlay(after: Fields, previous: Fields): Fields {
  const before: Record<string, Json | undefined> = { ...after }
  for (const [key, old] of Object.entries(previous)) {
    const now = after[key]
    before[key] = isHash(old) && isHash(now) ? overlay(now, old) : old
  }
  return before
}

function isHash(value: Json | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
