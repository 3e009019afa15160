import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** The CLI refuses keys of less than twelve characters. */
export const API_KEY = 'sk_test_localsandbox1'

/** One call takes a fraction of a second; this is only reached when something hangs. */
const PATIENCE_MS = 60_000

export interface CliRun {
  code: number | null
  output: string
}

export interface CliTarget {
  /** `http://127.0.0.1:4242`; the CLI takes no `localhost`. */
  apiBase?: string
  /** Path of a unix socket that gets every request instead, also those to other hosts. */
  socket?: string
}

/** Stripe's own command line tool, as npm installed it, without network and without a login. */
export interface StripeCli {
  help(command: string): Promise<string>
  trigger(event: string, target: CliTarget, apiVersion?: string): Promise<CliRun>
  close(): Promise<void>
}

export async function openStripeCli(): Promise<StripeCli> {
  const binary = findBinary()
  const home = await mkdtemp(join(tmpdir(), 'proviso-stripe-cli-'))
  const run = (args: readonly string[], env: Record<string, string> = {}) =>
    runProgram(binary, args, {
      HOME: home,
      XDG_CONFIG_HOME: join(home, '.config'),
      STRIPE_CLI_TELEMETRY_OPTOUT: '1',
      // A dead proxy makes the look for a newer version fail at once; loopback is never proxied.
      HTTPS_PROXY: 'http://127.0.0.1:9',
      ...env,
    })
  return {
    async help(command) {
      const { code, output } = await run([command, '--help'])
      if (code !== 0) throw new Error(`stripe ${command} --help ended with ${code}:\n${output}`)
      return output
    },
    trigger: (event, { apiBase, socket }, apiVersion) =>
      run(
        [
          ...['trigger', event, '--api-key', API_KEY],
          ...(apiBase === undefined ? [] : ['--api-base', apiBase]),
          ...(apiVersion === undefined ? [] : ['--api-version', apiVersion]),
        ],
        socket === undefined ? {} : { STRIPE_CLI_UNIX_SOCKET: socket },
      ),
    close: () => rm(home, { recursive: true, force: true }),
  }
}

/** The binary comes as one of the optional dependencies of `@stripe/cli`, one per platform. */
function findBinary(): string {
  const require = createRequire(import.meta.url)
  const cli = createRequire(require.resolve('@stripe/cli/package.json'))
  const platform = `@stripe/cli-${process.platform}-${process.arch}`
  try {
    const name = process.platform === 'win32' ? 'stripe.exe' : 'stripe'
    return join(dirname(cli.resolve(`${platform}/package.json`)), 'bin', name)
  } catch (cause) {
    throw new Error(`${platform} is not installed: run \`npm ci\` without --omit=optional.`, {
      cause,
    })
  }
}

function runProgram(
  binary: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<CliRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(binary, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text))
    const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS)
    child.on('error', reject)
    child.on('close', (code) => {
      clearTimeout(timer)
      resolve({ code, output })
    })
  })
}
