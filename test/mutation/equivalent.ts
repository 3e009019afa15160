import { readFile } from 'node:fs/promises'
import type { Mutant } from './mutants.ts'
import { EQUIVALENT } from './paths.ts'

/** Code is between as many backticks as prettier leaves around it. */
const ENTRY = /^- (`+) ?(.*?) ?\1 → (`+) ?(.*?) ?\3 in (`+) ?(.*?) ?\5: /

/** Mutants that no test can notice, by what they are; each has its reason in `equivalent.md`. */
export async function equivalents(): Promise<{ has: (mutant: Mutant) => boolean; keys: string[] }> {
  const lines = (await readFile(EQUIVALENT, 'utf8')).split('\n')
  const keys = new Set<string>()
  let file = ''
  for (const line of lines) {
    if (line.startsWith('## ')) file = line.slice(3).replaceAll('`', '').trim()
    const [, , original, , replacement, , context] = ENTRY.exec(line) ?? []
    if (original !== undefined) keys.add([file, original, replacement, context].join('\n'))
  }
  return { has: (mutant) => keys.has(keyOf(mutant)), keys: [...keys] }
}

/** No line numbers: the list outlives a change elsewhere in the file. */
export function keyOf({ file, original, replacement, context }: Mutant): string {
  return [file, original, replacement, context].join('\n')
}
