import type { ChangeHandler, ConsumerOptions, Engine } from './engine/engine.ts'

/** A consumer that may be named before the database is connected, and begins once it is. */
export interface Registration {
  begin(engine: Engine): void
  end(): Promise<void>
}

export function createRegistration(
  name: string,
  handler: ChangeHandler,
  consumer: ConsumerOptions | undefined,
): Registration {
  let stop: (() => Promise<void>) | null = null
  let isEnded = false
  return {
    begin(engine) {
      if (!isEnded) stop ??= engine.onChange(name, handler, consumer)
    },
    async end() {
      isEnded = true
      await stop?.()
    },
  }
}
