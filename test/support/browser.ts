import { mkdirSync, readFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import chromium from '@sparticuz/chromium'
import { chromium as playwright, type Browser } from 'playwright-core'

/**
 * A real Chromium, unpacked from its npm package at first use. Into a folder of its version's own:
 * in the common one it would be mixed with the libraries that another version left there. And of its
 * user's own: another's cannot be written to.
 */
export async function launchBrowser(): Promise<Browser> {
  const home = join(tmpdir(), `proviso-chromium-${versionInUse()}-${userInfo().uid}`)
  mkdirSync(home, { recursive: true })
  const before = process.env['TMPDIR']
  process.env['TMPDIR'] = home
  try {
    return await playwright.launch({
      executablePath: await chromium.executablePath(),
      // In one process the browser ends with the first page that is closed.
      args: chromium.args.filter((argument) => argument !== '--single-process'),
      headless: true,
    })
  } finally {
    if (before === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = before
  }
}

/** The package does not export its own package.json. */
function versionInUse(): string {
  const root = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  const { devDependencies } = JSON.parse(root) as { devDependencies: Record<string, string> }
  return devDependencies['@sparticuz/chromium'] ?? 'unknown'
}
