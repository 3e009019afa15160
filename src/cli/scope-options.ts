import type { Command } from 'commander'
import type { Scope } from '../core/fact.ts'

export interface ScopeOptions {
  live?: boolean
  test?: boolean
  account?: string
}

export function withScopeOptions(command: Command): Command {
  return command
    .option('--live', 'live mode')
    .option('--test', 'test mode')
    .option('--account <id>', 'connected account (acct_…)')
}

/** Neither `--live` nor `--test`: the mode the service or database is set to. */
export function scopeOf(options: ScopeOptions): Partial<Scope> {
  return {
    ...(options.live === true ? { livemode: true } : {}),
    ...(options.test === true ? { livemode: false } : {}),
    ...(options.account === undefined ? {} : { account: options.account }),
  }
}
