/** Colour codes take no room. */
const CODES = /\u001b\[\d+m/g

/** Breaks a line at blanks to fit so many columns; what follows stands below the text's beginning. */
export function wrapped(line: string, columns: number): string[] {
  const indent = hangOf(line.replace(CODES, ''))
  const lines: string[] = []
  let current = ''
  let room = Math.max(columns, indent + 20)
  for (const word of line.split(/(?<=\S) /)) {
    const joined = current === '' ? word : `${current} ${word}`
    if (current !== '' && joined.replace(CODES, '').length > room) {
      lines.push(current)
      current = `${' '.repeat(indent)}${word}`
      room = Math.max(columns, indent + 20)
    } else current = joined
  }
  return [...lines, current]
}

/** Below the text that comes after a time, an arrow or a reason's word. */
function hangOf(text: string): number {
  const [head = ''] =
    /^ {2}\d\d? \w{3} \d{4}, \d\d:\d\d +|^ +→ |^ +because: |^ {2}(On|If) /.exec(text) ?? []
  if (/^ {2}(On|If) $/.test(head)) return 4
  return head.length > 0 ? head.length : (/^ */.exec(text)?.[0].length ?? 0) + 2
}
