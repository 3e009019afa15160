import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { ProvisoError } from '../errors.ts'
import { accessCommand } from './commands/access.ts'
import { changesCommand } from './commands/changes.ts'
import { deadLettersCommand } from './commands/dead-letters.ts'
import { decideCommand } from './commands/decide.ts'
import { devCommand } from './commands/dev.ts'
import { explainCommand } from './commands/explain.ts'
import { grantCommand } from './commands/grant.ts'
import { migrateCommand } from './commands/migrate.ts'
import { openapiCommand } from './commands/openapi.ts'
import { rebuildCommand } from './commands/rebuild.ts'
import { releaseCommand } from './commands/release.ts'
import { revokeCommand } from './commands/revoke.ts'
import { sendCommand } from './commands/send.ts'
import { serveCommand } from './commands/serve.ts'
import { verifyCommand } from './commands/verify.ts'
import { describeFailure } from './failure.ts'

export function createProgram(): Command {
  const program = new Command('proviso')
    .configureOutput({ outputError: writeUsageError })
    .description('Stripe’s events in, customer access out: may this customer use this, and why?')
    .version(packageVersion())
    .addHelpText('after', '\nBegin with "proviso dev". Every command has --help with an example.')
  for (const command of [
    devCommand(),
    serveCommand(),
    migrateCommand(),
    sendCommand(),
    accessCommand(),
    explainCommand(),
    decideCommand(),
    changesCommand(),
    grantCommand(),
    revokeCommand(),
    rebuildCommand(),
    verifyCommand(),
    deadLettersCommand(),
    releaseCommand(),
    openapiCommand(),
  ]) {
    program.addCommand(command.configureOutput({ outputError: writeUsageError }))
  }
  return program
}

/** A mistyped option reads like every other error; commander gives it as `error: …`. */
function writeUsageError(text: string, write: (text: string) => void): void {
  const message = text.replace(/^error: /, '').trim()
  const error = new ProvisoError('invalid_request', message)
  write(`${describeFailure(error, { json: process.argv.includes('--json') })}\n`)
}

function packageVersion(): string {
  // Two folders up from both src/cli and dist/cli.
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
