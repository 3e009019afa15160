import { readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** The installed `stripe` package: what Stripe generates from its own OpenAPI file. */
export interface SdkPackage {
  /** Folder of the package. */
  root: string
  version: string
  /** Paths of `cjs/resources/**` without their ending, one per class of resources. */
  resources: string[]
}

export function findSdk(): SdkPackage {
  // The package does not export its package.json, so its root is found from its entry.
  const entry = createRequire(import.meta.url).resolve('stripe')
  const root = dirname(dirname(entry))
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    version: string
  }
  const folder = join(root, 'cjs', 'resources')
  const resources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.d.ts') && !name.endsWith('index.d.ts'))
    .map((name) => join(folder, name.slice(0, -'.d.ts'.length)))
    .sort()
  return { root, version, resources }
}
