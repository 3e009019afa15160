import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A machine under load takes its time. */
const PATIENCE_MS = 60_000

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

export interface SandboxProcess {
  url: string
  close(): Promise<void>
}

/** `proviso sandbox serve`, the built command, on a port of its own choice. */
export async function startSandboxProcess(main = MAIN): Promise<SandboxProcess> {
  const args = [main, 'sandbox', 'serve', '--port', '0', '--json']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
  const ended = once(child, 'close').then(([code]) => code as number | null)

  const lines = createInterface({ input: child.stdout })
  const found = new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`proviso sandbox serve did not say where it listens:\n${errors}`))
    }, PATIENCE_MS)
    void ended.then(() => clearTimeout(timer))
    lines.on('line', (line) => {
      const url = urlIn(line)
      if (url === undefined) return
      clearTimeout(timer)
      resolve(url)
    })
  })
  const failed = ended.then((code): never => {
    throw new Error(`proviso sandbox serve ended with ${code} before it listened:\n${errors}`)
  })
  failed.catch(() => undefined)
  return {
    url: await Promise.race([found, failed]),
    async close() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

function urlIn(line: string): string | undefined {
  if (!line.startsWith('{')) return undefined
  const { url, port } = JSON.parse(line) as { url?: string; port?: number }
  // The CLI takes an address and no name.
  if (port !== undefined) return `http://127.0.0.1:${port}`
  return url?.replace('//localhost', '//127.0.0.1')
}
