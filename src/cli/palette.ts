/** A few colours, or none where the reader cannot show them. */
export interface Palette {
  bold(text: string): string
  dim(text: string): string
  good(text: string): string
  warn(text: string): string
  bad(text: string): string
  accent(text: string): string
}

const plain = (text: string): string => text
const code = (open: number, close: number) => (text: string) =>
  `\u001b[${open}m${text}\u001b[${close}m`

const COLOURS: Palette = {
  bold: code(1, 22),
  dim: code(2, 22),
  good: code(32, 39),
  warn: code(33, 39),
  bad: code(31, 39),
  accent: code(36, 39),
}

const NONE: Palette = {
  bold: plain,
  dim: plain,
  good: plain,
  warn: plain,
  bad: plain,
  accent: plain,
}

export function choosePalette(options: { isTerminal: boolean; noColour: boolean }): Palette {
  return options.isTerminal && !options.noColour ? COLOURS : NONE
}
