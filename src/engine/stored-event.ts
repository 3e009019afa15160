import type { FoundObservation } from '../store/statements/pending.ts'
import type { StoredEvent } from './engine.ts'

export function toStoredEvent(row: FoundObservation): StoredEvent {
  return {
    id: row.id,
    account: row.account,
    livemode: row.livemode,
    kind: row.kind,
    type: row.type,
    created: Number(row.created),
    receivedAt: Number(row.received_at),
    isPending: row.is_pending,
    problem: row.problem,
    body: parse(row.body),
  }
}

function parse(body: Uint8Array): unknown {
  const text = new TextDecoder().decode(body)
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
