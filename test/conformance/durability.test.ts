import { describe, expect, test } from 'vitest'
import { assertDurable } from '../../src/store/durability.ts'
import { openPostgres } from '../../src/store/postgres.ts'
import { createTestDatabase, testDatabases } from '../support/database.ts'

describe('durability', () => {
  test('is what PostgreSQL with its settings on gives', async () => {
    const { url, drop } = await createTestDatabase({ isMigrated: false })
    const db = openPostgres(url)
    expect(await assertDurable(db)).toEqual({ isDurable: true, reasons: [] })
    await db.close()
    await drop()
  })

  test('is denied when commits do not wait for the disk, with the setting to change', async () => {
    const { url, drop } = await createTestDatabase({ isMigrated: false })
    const database = new URL(url).pathname.slice(1)
    const admin = openPostgres(url)
    await admin.query(`alter database ${database} set synchronous_commit = off`)
    await admin.close()

    const db = openPostgres(url)
    expect(await assertDurable(db)).toEqual({
      isDurable: false,
      reasons: [expect.stringContaining('synchronous_commit is off')],
    })
    await db.close()
    await drop()
  })

  test('is never claimed for PGlite', async () => {
    const db = await testDatabases.find(({ name }) => name === 'pglite')?.open()
    if (db === undefined) throw new Error('PGlite is not among the test databases.')
    const { isDurable, reasons } = await assertDurable(db)
    expect(isDurable).toBe(false)
    expect(reasons[0]).toMatch(/PGlite never calls fsync/)
    await db.close()
  })
})
