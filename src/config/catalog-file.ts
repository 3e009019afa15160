import { readFile } from 'node:fs/promises'
import { extname, resolve } from 'node:path'
import type { CatalogDefinition } from '../core/catalog.ts'
import { compileCatalog } from '../core/compile-catalog.ts'
import { ProvisoError } from '../errors.ts'

const SCRIPTS = new Set(['.ts', '.mts', '.js', '.mjs', '.cts', '.cjs'])

/**
 * Reads and validates a catalog: JSON, or a module whose default (or `catalog`) export is one.
 *
 * @throws ProvisoError `catalog_invalid`, with every problem in `details.problems`.
 */
export async function readCatalogFile(file: string): Promise<CatalogDefinition> {
  const path = resolve(file)
  const definition = SCRIPTS.has(extname(path)) ? await importModule(path) : await readJson(path)
  return validCatalog(definition, file)
}

/** @param name what to call the catalog in messages. */
export function validCatalog(definition: unknown, name: string): CatalogDefinition {
  const compiled = compileCatalog(definition)
  if (compiled.ok) return definition as CatalogDefinition
  const lines = compiled.problems.map(({ path, message }) => `  ${path}: ${message}`)
  const count = compiled.problems.length === 1 ? 'one problem' : `${lines.length} problems`
  throw new ProvisoError('catalog_invalid', `${name} has ${count}:\n${lines.join('\n')}`, {
    details: { file: name, problems: compiled.problems },
  })
}

async function readJson(path: string): Promise<unknown> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    throw unreadable(path, cause)
  }
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw unreadable(path, cause)
  }
}

async function importModule(path: string): Promise<unknown> {
  try {
    // Loaded only when a script is named: most starts read JSON. It runs TypeScript on Node 20 too.
    const { createJiti } = await import('jiti')
    const module: unknown = await createJiti(import.meta.url, { fsCache: false }).import(path)
    return catalogOf(module)
  } catch (cause) {
    throw unreadable(path, cause)
  }
}

/** The default export where it is a catalog, else the one named `catalog`. */
function catalogOf(module: unknown): unknown {
  const exported = module as { default?: unknown; catalog?: unknown }
  const candidate = exported.default ?? exported
  const isCatalog = typeof candidate === 'object' && candidate !== null && 'features' in candidate
  return isCatalog ? candidate : (exported.catalog ?? candidate)
}

function unreadable(path: string, cause: unknown): ProvisoError {
  const said = cause instanceof Error ? cause.message : String(cause)
  return new ProvisoError('catalog_invalid', `The catalog ${path} cannot be read: ${said}`, {
    details: { file: path },
    cause,
  })
}
