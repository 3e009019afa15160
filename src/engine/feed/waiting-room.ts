export interface WaitingRoom {
  wait(after: number, waitMs: number, signal?: AbortSignal): Promise<void>
  notify(position: number): void
  close(): Promise<void>
}

export interface WaitingRoomOptions {
  readPosition: () => Promise<number>
  pollMs: number
}

/** Everyone who waits for the feed shares one poll, and nobody waiting means no poll. */
export function createWaitingRoom({ readPosition, pollMs }: WaitingRoomOptions): WaitingRoom {
  const waiters = new Set<{ after: number; leave: () => void }>()
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> | null = null
  let mustLookAgain = false
  let isClosed = false

  function wait(after: number, waitMs: number, signal?: AbortSignal): Promise<void> {
    if (isClosed || waitMs <= 0 || signal?.aborted === true) return Promise.resolve()
    return new Promise((resolve) => {
      const leave = (): void => {
        clearTimeout(limit)
        signal?.removeEventListener('abort', leave)
        waiters.delete(waiter)
        if (waiters.size === 0) clearTimeout(timer)
        resolve()
      }
      const waiter = { after, leave }
      const limit = setTimeout(leave, waitMs)
      signal?.addEventListener('abort', leave, { once: true })
      waiters.add(waiter)
      // The change may have come between the caller's last page and now.
      look()
    })
  }

  function look(): void {
    mustLookAgain = true
    looking ??= lookUntilFresh()
  }

  async function lookUntilFresh(): Promise<void> {
    clearTimeout(timer)
    while (mustLookAgain && waiters.size > 0) {
      mustLookAgain = false
      try {
        notify(await readPosition())
      } catch {
        // Waiting is bounded, and the page read after it reports a database that is away.
        break
      }
    }
    looking = null
    if (waiters.size > 0 && !isClosed) timer = setTimeout(look, pollMs)
  }

  function notify(position: number): void {
    for (const waiter of [...waiters]) if (waiter.after < position) waiter.leave()
  }

  return {
    wait,
    notify,
    async close() {
      isClosed = true
      for (const waiter of [...waiters]) waiter.leave()
      await looking
    },
  }
}
