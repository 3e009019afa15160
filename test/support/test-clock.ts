import type { Body } from './stripe/index.ts'

/** The same bodies, their customers and subscriptions on a test clock. */
export function onTestClock(bodies: readonly Body[], clock: string): Body[] {
  const text = JSON.stringify(bodies)
  return JSON.parse(text.replaceAll('"test_clock":null', `"test_clock":"${clock}"`)) as Body[]
}

/**
 * The event of a clock that has come to a second.
 *
 * @param created Unix seconds by the real clock: events of a simulation carry the simulated time, the
 * clock's own carry ours.
 */
export function clockAt(clock: string, frozenTime: number, created: number): Body {
  return {
    id: `evt_${clock}_${String(frozenTime)}`,
    object: 'event',
    api_version: '2026-10-28.endive',
    created,
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type: 'test_helpers.test_clock.ready',
    data: {
      object: {
        id: clock,
        object: 'test_helpers.test_clock',
        created: created - 1,
        deletes_after: created + 30 * 86_400,
        frozen_time: frozenTime,
        livemode: false,
        name: null,
        status: 'ready',
      },
    },
  }
}
