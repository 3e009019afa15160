/**
 * Writes src/store/migrations.generated.ts from sql/*.sql, so that the built package needs no SQL
 * files beside it. `--check` writes nothing and exits 1 when the file is stale.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { parseMigration, type Migration } from '../src/store/migration.ts'

const folder = new URL('../sql/', import.meta.url)
const target = new URL('../src/store/migrations.generated.ts', import.meta.url)

function readMigrations(): Migration[] {
  const files = readdirSync(folder).filter((file) => /^\d+_.*\.sql$/.test(file))
  const migrations = files
    .sort()
    .map((file) => parseMigration(file, readFileSync(new URL(file, folder), 'utf8')))
  migrations.forEach((migration, index) => {
    if (migration.number !== index + 1) {
      throw new Error(`sql/ jumps to ${migration.number} where ${index + 1} is next.`)
    }
  })
  return migrations
}

function literal(text: string): string {
  return '`' + text.replace(/\\/g, '\\\\').replace(/`/g, '\\`').replace(/\$\{/g, '\\${') + '`'
}

function render(migrations: Migration[]): string {
  const entries = migrations.map(
    (migration) =>
      `  {\n    number: ${migration.number},\n    name: '${migration.name}',\n` +
      `    isBreaking: ${migration.isBreaking},\n    sql: ${literal(migration.sql)},\n  },\n`,
  )
  return (
    '// Written by scripts/embed-migrations.ts from sql/: edit there, then npm run migrations:embed.\n' +
    "import type { Migration } from './migration.ts'\n\n" +
    `export const MIGRATIONS: readonly Migration[] = [\n${entries.join('')}]\n`
  )
}

const wanted = render(readMigrations())
if (process.argv.includes('--check')) {
  const held = readFileSync(target, 'utf8')
  if (held !== wanted) {
    console.error('src/store/migrations.generated.ts is stale: run npm run migrations:embed.')
    process.exitCode = 1
  }
} else {
  writeFileSync(target, wanted)
}
