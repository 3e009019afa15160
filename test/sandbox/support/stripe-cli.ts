import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { SANDBOX_KEY } from '../../../src/sandbox/index.ts'

/** Stripe's own CLI, as npm installed it; null where it has no binary for this platform. */
export function stripeCli(): string | null {
  const name = `@stripe/cli-${process.platform}-${process.arch}`
  try {
    const require = createRequire(
      createRequire(import.meta.url).resolve('@stripe/cli/package.json'),
    )
    const folder = dirname(require.resolve(`${name}/package.json`))
    return join(folder, 'bin', process.platform === 'win32' ? 'stripe.exe' : 'stripe')
  } catch {
    return null
  }
}

export interface CliRun {
  readonly process: ChildProcess
  /** Everything it printed so far. */
  output(): string
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>
}

/** Starts the CLI against a sandbox, away from any configuration of this machine, without telemetry. */
export function startStripeCli(binary: string, url: string, args: readonly string[]): CliRun {
  const home = mkdtempSync(join(tmpdir(), 'proviso-stripe-cli-'))
  const child = spawn(binary, [...args, '--api-base', url, '--api-key', SANDBOX_KEY], {
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      XDG_CONFIG_HOME: home,
      STRIPE_CLI_TELEMETRY_OPTOUT: '1',
      // It asks for its newest version; nothing listens there, so the answer is quick.
      HTTPS_PROXY: 'http://127.0.0.1:9',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => (printed += data.toString()))
  }
  return {
    process: child,
    output: () => printed,
    ended: new Promise((resolve) => child.once('close', resolve)),
  }
}
