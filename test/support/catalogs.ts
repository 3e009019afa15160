import { compileCatalog, type Catalog } from '../../src/core/compile-catalog.ts'
import { CATALOG } from './stories/catalogs.ts'

/** Compiles a catalog that is known to be good. */
export function compiled(definition: unknown): Catalog {
  const result = compileCatalog(definition)
  if (result.ok) return result.catalog
  throw new Error(result.problems.map(({ path, message }) => `${path}: ${message}`).join('\n'))
}

/** The catalog of the stories. */
export const pro = compiled(CATALOG)
