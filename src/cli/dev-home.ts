import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

/** What `dev` remembers in its data folder between starts. */
const homeSchema = z.object({
  webhookSecret: z.string(),
  /** Its last event, and when it was played (Unix seconds). */
  story: z.object({ lastEvent: z.string(), playedAt: z.number() }).nullable(),
  /** Where it was last served. */
  url: z.string().nullable(),
  /** Where its sandbox was last served; null: none. */
  sandboxUrl: z.string().nullable().default(null),
  /** Seconds by which `proviso sandbox advance` has moved this folder's time ahead of real time. */
  ahead: z.number().default(0),
  /** What it was last served with; null: the sample catalog. */
  catalogFile: z.string().nullable(),
})

export type DevHome = z.infer<typeof homeSchema>

const fileIn = (directory: string): string => join(directory, 'dev.json')

/** null: nothing was kept here, or it is not readable as ours. */
export async function readDevHome(directory: string): Promise<DevHome | null> {
  const text = await readFile(fileIn(directory), 'utf8').catch(() => null)
  if (text === null) return null
  try {
    return homeSchema.parse(JSON.parse(text))
  } catch {
    return null
  }
}

export async function writeDevHome(directory: string, home: DevHome): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o711 })
  const aside = `${fileIn(directory)}.${process.pid}`
  // It holds a secret: readable by its owner only, and never half written.
  await writeFile(aside, `${JSON.stringify(home, null, 2)}\n`, { mode: 0o600 })
  await rename(aside, fileIn(directory))
}

export function newWebhookSecret(): string {
  return `whsec_${randomBytes(24).toString('hex')}`
}
