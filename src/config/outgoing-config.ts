import { z } from 'zod'
import type { Environment } from './environment.ts'
import type { ConfigProblem } from './problem.ts'
import { splitList } from './secret.ts'

/** Where changes of access are posted, signed by Standard Webhooks. */
export interface OutgoingConfig {
  url: string
  /** Each of them signs; several while one is rolled. */
  secrets: string[]
}

export interface OutgoingFlags {
  changesTo?: string
}

const settings = z.object({
  '--changes-to': z.url({
    protocol: /^https?$/,
    error: 'must be an http:// or https:// address',
  }),
  PROVISO_CHANGES_SECRET: z
    .array(
      z
        .string()
        .regex(/^whsec_[A-Za-z0-9+/]{16,}={0,2}$/, 'must be whsec_ and base64 of 24 bytes or more'),
    )
    .min(1, 'is not set: the receiver tells by it that a change is from here'),
})

/** null: nothing is posted; consumers read `/v1/changes`. */
export function readOutgoingConfig(
  flags: OutgoingFlags,
  environment: Environment,
  problems: ConfigProblem[],
): OutgoingConfig | null {
  const url = flags.changesTo ?? environment.PROVISO_CHANGES_URL
  if (url === undefined) return null
  const secrets = splitList(environment.PROVISO_CHANGES_SECRET)
  const parsed = settings.safeParse({ '--changes-to': url, PROVISO_CHANGES_SECRET: secrets })
  for (const issue of parsed.error?.issues ?? []) {
    problems.push({ setting: String(issue.path[0]), message: issue.message })
  }
  return { url, secrets }
}
