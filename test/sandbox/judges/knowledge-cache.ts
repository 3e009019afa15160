import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import ts from 'typescript'
import { readSdk } from './sdk/sdk-knowledge.ts'
import type { SdkKnowledge } from './sdk/sdk-knowledge.ts'
import { findSdk } from './sdk/sdk-package.ts'

/** What the SDK's files say, read once for a version of the SDK and of the reader. */
export function loadSdkKnowledge(): SdkKnowledge {
  const sdk = findSdk()
  const folder = join(dirname(sdk.root), '.cache', 'proviso')
  const file = join(folder, `stripe-${sdk.version}-${readerHash()}.json`)
  const kept = readIfThere(file)
  if (kept !== undefined) return JSON.parse(kept) as SdkKnowledge

  const knowledge = readSdk(sdk)
  mkdirSync(folder, { recursive: true })
  for (const name of readdirSync(folder)) {
    if (/^stripe-.*\.json$/.test(name)) rmSync(join(folder, name), { force: true })
  }
  // Renamed into place, because test files in other threads may be reading.
  const unfinished = `${file}.${process.pid}.${performance.now()}`
  writeFileSync(unfinished, JSON.stringify(knowledge))
  renameSync(unfinished, file)
  return knowledge
}

function readerHash(): string {
  const hash = createHash('sha256').update(ts.version)
  const folder = join(import.meta.dirname, 'sdk')
  for (const name of readdirSync(folder).sort()) {
    hash.update(readFileSync(join(folder, name)))
  }
  return hash.digest('hex').slice(0, 16)
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
