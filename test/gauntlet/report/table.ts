/** A table; the first column is text, the others are figures unless `texts` names them. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  texts: readonly number[] = [0],
): string {
  const ruler = head.map((_, column) => (texts.includes(column) ? '---' : '---:'))
  return [head, ruler, ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n')
}
