export interface DriveOptions<Task> {
  /** How many send at once; each waits for its answer before it sends again. */
  senders: number
  seconds: number
  next: () => Task
  send: (task: Task, sender: number) => Promise<void>
}

export interface Driven {
  /** Answered, one by one, in milliseconds. */
  latencies: number[]
  /** From the first send to the last answer. */
  seconds: number
}

/** Keeps `senders` busy for a while: a closed loop, so that a slow subject is asked less. */
export async function drive<Task>(options: DriveOptions<Task>): Promise<Driven> {
  const { senders, seconds, next, send } = options
  const latencies: number[] = []
  const began = performance.now()
  const end = began + seconds * 1000
  await Promise.all(
    Array.from({ length: senders }, async (_, sender) => {
      while (performance.now() < end) {
        const task = next()
        const sent = performance.now()
        await send(task, sender)
        latencies.push(performance.now() - sent)
      }
    }),
  )
  return { latencies, seconds: (performance.now() - began) / 1000 }
}
