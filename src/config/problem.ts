import { ProvisoError } from '../errors.ts'

/** One setting that is missing or wrong. */
export interface ConfigProblem {
  /** The flag or variable to change, e.g. `--port`. */
  setting: string
  message: string
}

/** One error for all of them, so that a start is not corrected one message at a time. */
export function configInvalid(problems: readonly ConfigProblem[]): ProvisoError {
  const lines = problems.map(({ setting, message }) => `  ${setting}: ${message}`)
  const count = problems.length === 1 ? 'One setting is' : `${problems.length} settings are`
  return new ProvisoError('config_invalid', `${count} not usable:\n${lines.join('\n')}`, {
    details: { problems: problems.map((problem) => ({ ...problem })) },
  })
}
