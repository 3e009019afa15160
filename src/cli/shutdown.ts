/** Signals by which a terminal or a supervisor asks a process to end. */
const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** Under `npm start` one Ctrl-C arrives twice: from the terminal, and passed on by npm. */
const ECHO_MS = 500

/** Runs until the work ends or someone asks the process to; a second signal does not wait. */
export async function untilInterrupted(
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = onInterrupt()
  try {
    await work(stop.signal)
  } finally {
    stop.release()
  }
}

export interface Interrupt {
  /** Aborted by the first signal. */
  signal: AbortSignal
  /** Gives the signals back to Node. */
  release(): void
}

export function onInterrupt(): Interrupt {
  const stop = new AbortController()
  let firstAt = 0
  const listener = (name: NodeJS.Signals): void => {
    if (!stop.signal.aborted) {
      firstAt = performance.now()
      stop.abort()
    } else if (performance.now() - firstAt > ECHO_MS) {
      // 128 + the signal's number is what a shell reports for a process ended by it.
      process.exit(name === 'SIGINT' ? 130 : 143)
    }
  }
  for (const name of SIGNALS) process.on(name, listener)
  return {
    signal: stop.signal,
    release() {
      for (const name of SIGNALS) process.off(name, listener)
    },
  }
}

export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
