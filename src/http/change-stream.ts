import type { Change, ChangesQuery, Engine } from '../engine/engine.ts'
import { isProvisoError } from '../errors.ts'

export interface ChangeStreamOptions {
  engine: Pick<Engine, 'changes' | 'waitForChanges'>
  query: ChangesQuery & { after: number }
  /** Any of them ends the stream: the caller went away, the server stops. */
  signals: AbortSignal[]
  /** Milliseconds of silence after which a comment is sent. @defaultValue 15000 */
  heartbeatMs?: number
}

const PAGE_SIZE = 200
/** Proxies commonly cut what is silent for 30–60 s. */
const HEARTBEAT_MS = 15_000
const RECONNECT_MS = 2_000

/**
 * The feed as server-sent events. Pages are read only as fast as the caller takes them (`pull`), so a
 * slow reader costs no memory here.
 */
export function streamChanges(options: ChangeStreamOptions): Response {
  const { engine, query } = options
  const heartbeatMs = options.heartbeatMs ?? HEARTBEAT_MS
  const stop = new AbortController()
  const signal = AbortSignal.any([stop.signal, ...options.signals])
  const encoder = new TextEncoder()
  let after = query.after
  let hasGreeted = false

  async function nextPage(): Promise<string> {
    for (;;) {
      const page = await engine.changes({ ...query, after, limit: PAGE_SIZE })
      after = Math.max(after, page.next)
      if (page.changes.length > 0) return page.changes.map(message).join('')
      // A page filtered by customer may be empty and yet not the last.
      if (!page.hasMore || signal.aborted) return ''
    }
  }

  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const send = (text: string): void => controller.enqueue(encoder.encode(text))
      try {
        if (!hasGreeted) {
          hasGreeted = true
          // Sent at once, so that the caller knows the stream is open before anything happens.
          return send(`retry: ${RECONNECT_MS}\n\n`)
        }
        if (signal.aborted) return controller.close()
        const waiting = await nextPage()
        if (waiting !== '') return send(waiting)
        await engine.waitForChanges(after, heartbeatMs, signal)
        if (signal.aborted) return controller.close()
        send((await nextPage()) || ': heartbeat\n\n')
      } catch (error) {
        if (!signal.aborted) send(failure(error))
        // An ended stream is what makes the reader come back with Last-Event-ID.
        controller.close()
      }
    },
    cancel() {
      stop.abort()
    },
  })
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // nginx holds back streamed bodies unless told not to.
      'x-accel-buffering': 'no',
    },
  })
}

function message(change: Change): string {
  return `id: ${change.position}\nevent: change\ndata: ${JSON.stringify(change)}\n\n`
}

function failure(error: unknown): string {
  const body = isProvisoError(error)
    ? { code: error.code, message: error.message }
    : { code: 'internal', message: 'The feed could not be read; reconnect to go on.' }
  return `event: error\ndata: ${JSON.stringify(body)}\n\n`
}
