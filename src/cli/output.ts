import { choosePalette } from './palette.ts'
import type { Palette } from './palette.ts'

/** Where a command's answer goes: sentences for people, or one JSON line per answer for programs. */
export interface Output {
  readonly isJson: boolean
  /** Prints for people; silent with `--json`. */
  say(text?: string): void
  /** Prints for programs; silent without `--json`. */
  emit(value: unknown): void
  readonly paint: Palette
}

export function createOutput(options: { json?: boolean; noColour?: boolean }): Output {
  const isJson = options.json ?? false
  return {
    isJson,
    say(text = '') {
      if (!isJson) process.stdout.write(`${text}\n`)
    },
    emit(value) {
      if (isJson) process.stdout.write(`${JSON.stringify(value)}\n`)
    },
    paint: choosePalette({
      isTerminal: process.stdout.isTTY ?? false,
      noColour: isJson || (options.noColour ?? false),
    }),
  }
}
