import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { FAULTS } from './index.ts'

test.each(FAULTS)(
  'the mistake “$name” can still be made: its place is in the code once',
  ({ edits }) => {
    for (const { file, from } of edits) {
      const source = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')
      expect(source.split(from), `${file}: ${from}`).toHaveLength(2)
    }
  },
)
