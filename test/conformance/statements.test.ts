import { readdirSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Database } from '../../src/store/database.ts'
import { testDatabases } from '../support/database.ts'

const folder = new URL('../../src/store/statements/', import.meta.url)

/** Every text in upper-case constants of src/store/statements. */
async function exportedStatements(): Promise<{ name: string; text: string }[]> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const modules = await Promise.all(
    files
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .map(async (file) => ({
        file,
        exported: (await import(new URL(file, folder).href)) as Record<string, unknown>,
      })),
  )
  return modules.flatMap(({ file, exported }) =>
    Object.entries(exported).flatMap(([name, text]) =>
      /^[A-Z0-9_]+$/.test(name) && typeof text === 'string'
        ? [{ name: `${file}: ${name}`, text }]
        : [],
    ),
  )
}

const statements = await exportedStatements()

describe.each(testDatabases)('statements on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await open()
  })
  afterAll(() => db.close())

  test('are found', () => {
    expect(statements.length).toBeGreaterThan(5)
  })

  test.each(statements)('$name can be prepared', async ({ text }) => {
    await db.query(`prepare checked as ${text}; deallocate checked`)
  })
})
