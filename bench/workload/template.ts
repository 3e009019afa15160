/** Fills a text in which some words stand for values: `fill({ word: value })`. */
export function compileTemplate<Word extends string>(
  text: string,
  words: readonly Word[],
): (values: Record<Word, string>) => string {
  const pattern = new RegExp(`(${words.join('|')})`)
  // Odd places hold words, even ones what stands between them.
  const parts = text.split(pattern)
  return (values) => {
    let filled = parts[0] ?? ''
    for (let index = 1; index < parts.length; index += 2) {
      filled += values[parts[index] as Word] + (parts[index + 1] ?? '')
    }
    return filled
  }
}
