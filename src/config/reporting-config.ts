import { z } from 'zod'
import type { Environment } from './environment.ts'
import type { ConfigProblem } from './problem.ts'

/** Whether and how usage is told to Stripe's meters. */
export interface ReportingConfig {
  /** Nothing is reported without STRIPE_API_KEY either. */
  reportUsage: boolean
  meterEvents: 'v1' | 'v2Stream'
}

export interface ReportingFlags {
  /** `--no-report-usage` makes it false; without that option it is true. */
  reportUsage?: boolean
  meterEvents?: string
}

const settings = z.object({
  PROVISO_REPORT_USAGE: z.enum(['true', 'false'], 'must be true or false'),
  '--meter-events': z.enum(['v1', 'v2Stream'], 'must be v1 or v2Stream'),
})

export function readReportingConfig(
  flags: ReportingFlags,
  environment: Environment,
  problems: ConfigProblem[],
): ReportingConfig {
  const parsed = settings.safeParse({
    PROVISO_REPORT_USAGE: environment.PROVISO_REPORT_USAGE ?? 'true',
    '--meter-events': flags.meterEvents ?? environment.PROVISO_METER_EVENTS ?? 'v1',
  })
  for (const issue of parsed.error?.issues ?? []) {
    problems.push({ setting: String(issue.path[0]), message: issue.message })
  }
  return {
    reportUsage: flags.reportUsage !== false && parsed.data?.PROVISO_REPORT_USAGE === 'true',
    meterEvents: parsed.data?.['--meter-events'] ?? 'v1',
  }
}
