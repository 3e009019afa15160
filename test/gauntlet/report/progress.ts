import { MultiBar, Presets, type SingleBar } from 'cli-progress'

/** What is under way, on standard error: bars where a person watches, else a line per tenth. */
export class Progress {
  readonly #bars: MultiBar | null

  constructor() {
    this.#bars = !process.stderr.isTTY
      ? null
      : new MultiBar(
          {
            format: '{label} {bar} {value}/{total} {step}',
            hideCursor: true,
            stream: process.stderr,
            autopadding: true,
          },
          Presets.shades_classic,
        )
  }

  begin(label: string, total: number): Step {
    const bar = this.#bars?.create(total, 0, { label, step: '' }) ?? null
    return new Step(label, total, bar)
  }

  stop(): void {
    this.#bars?.stop()
  }
}

export class Step {
  readonly #label: string
  readonly #total: number
  readonly #bar: SingleBar | null

  constructor(label: string, total: number, bar: SingleBar | null) {
    this.#label = label
    this.#total = total
    this.#bar = bar
  }

  update(done: number, step = ''): void {
    if (this.#bar !== null) this.#bar.update(done, { step: step.slice(0, 60) })
    else if (tenth(done, this.#total) > tenth(done - 1, this.#total)) {
      process.stderr.write(`${this.#label}: ${String(done)} of ${String(this.#total)}\n`)
    }
  }
}

function tenth(done: number, total: number): number {
  return Math.floor((done * 10) / total)
}
