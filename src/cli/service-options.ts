import type { Command } from 'commander'
import { LOG_LEVELS } from '../log.ts'

export function withServiceOptions(command: Command): Command {
  return command
    .option('--port <n>', 'port to listen on; 0: any free one (PROVISO_PORT, default 4400)')
    .option('--host <address>', 'address to listen on (PROVISO_HOST, default 127.0.0.1)')
    .option('--catalog <file>', 'catalog as JSON, TypeScript or JavaScript (PROVISO_CATALOG)')
    .option('--database <url>', 'PostgreSQL to use (DATABASE_URL); absent: embedded in --data')
    .option(
      '--data <directory>',
      'folder of the embedded database (PROVISO_DATA, default .proviso)',
    )
    .option('--schema <name>', 'PostgreSQL schema of all tables (PROVISO_SCHEMA, default proviso)')
    .option(
      '--mode <mode>',
      'live or test (PROVISO_MODE; default: that of STRIPE_API_KEY, else both)',
    )
    .option('--changes-to <url>', 'post every change of access there, signed (PROVISO_CHANGES_URL)')
    .option('--no-report-usage', 'tell Stripe nothing of usage (PROVISO_REPORT_USAGE=false)')
    .option(
      '--meter-events <how>',
      'report usage by v1 or, above 1,000 a second in live mode, v2Stream (PROVISO_METER_EVENTS, default v1)',
    )
    .option('--log-level <level>', `${LOG_LEVELS.join(', ')} (PROVISO_LOG_LEVEL)`)
    .addHelpText(
      'after',
      `
Environment:
  STRIPE_WEBHOOK_SECRET  signing secret of the webhook endpoint; several, separated by commas, while one is rolled
  STRIPE_API_KEY         optional; lets Proviso read from Stripe what no event carries, and report usage of features with a meter
  PROVISO_API_KEY        bearer keys of /v1, separated by commas
  PROVISO_CHANGES_SECRET with --changes-to: whsec_ and base64, by which Standard Webhooks are signed`,
    )
}
