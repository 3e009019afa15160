import { Presets, SingleBar } from 'cli-progress'

export interface ProgressBar {
  update(done: number, total: number): void
  stop(): void
}

/** A bar on stderr where a person watches; nothing in a pipe or with `--json`. */
export function createProgressBar(label: string, isJson: boolean): ProgressBar {
  if (isJson || !process.stderr.isTTY) return { update() {}, stop() {} }
  const bar = new SingleBar(
    {
      format: `${label} {bar} {value}/{total} · {eta_formatted} left`,
      hideCursor: true,
      clearOnComplete: true,
      stream: process.stderr,
    },
    Presets.shades_classic,
  )
  let isStarted = false
  return {
    update(done, total) {
      if (!isStarted) bar.start(total, done)
      isStarted = true
      bar.setTotal(total)
      bar.update(done)
    },
    stop() {
      if (isStarted) bar.stop()
    },
  }
}
