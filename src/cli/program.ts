import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { ProvisoError } from '../errors.ts'
import { describeFailure } from './failure.ts'

/** Loaded one at a time: a command should not wait for the code of the others. */
const COMMANDS: Record<string, () => Promise<Command>> = {
  dev: async () => (await import('./commands/dev.ts')).devCommand(),
  sandbox: async () => (await import('./commands/sandbox.ts')).sandboxCommand(),
  serve: async () => (await import('./commands/serve.ts')).serveCommand(),
  migrate: async () => (await import('./commands/migrate.ts')).migrateCommand(),
  send: async () => (await import('./commands/send.ts')).sendCommand(),
  access: async () => (await import('./commands/access.ts')).accessCommand(),
  explain: async () => (await import('./commands/explain.ts')).explainCommand(),
  decide: async () => (await import('./commands/decide.ts')).decideCommand(),
  changes: async () => (await import('./commands/changes.ts')).changesCommand(),
  grant: async () => (await import('./commands/grant.ts')).grantCommand(),
  revoke: async () => (await import('./commands/revoke.ts')).revokeCommand(),
  usage: async () => (await import('./commands/usage.ts')).usageCommand(),
  track: async () => (await import('./commands/track.ts')).trackCommand(),
  rebuild: async () => (await import('./commands/rebuild.ts')).rebuildCommand(),
  verify: async () => (await import('./commands/verify.ts')).verifyCommand(),
  'dead-letters': async () => (await import('./commands/dead-letters.ts')).deadLettersCommand(),
  release: async () => (await import('./commands/release.ts')).releaseCommand(),
  openapi: async () => (await import('./commands/openapi.ts')).openapiCommand(),
}

/** @param wanted the command to be run; all are loaded when it is none of them (help). */
export async function createProgram(wanted: string | undefined): Promise<Command> {
  const program = new Command('proviso')
    .configureOutput({ outputError: writeUsageError })
    .description('Stripe’s events in, customer access out: may this customer use this, and why?')
    .version(packageVersion())
    .addHelpText('after', '\nBegin with "proviso dev". Every command has --help with an example.')
  const one = wanted !== undefined && Object.hasOwn(COMMANDS, wanted) ? COMMANDS[wanted] : undefined
  for (const load of one === undefined ? Object.values(COMMANDS) : [one]) {
    const command = await load()
    for (const each of [command, ...command.commands]) {
      each.configureOutput({ outputError: writeUsageError })
    }
    program.addCommand(command)
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
