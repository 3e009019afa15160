import { isProvisoError } from '../errors.ts'

/** Prints an error to stderr: its code and sentence, or the same as JSON; a stack only when asked. */
export function reportFailure(
  error: unknown,
  options: { json?: boolean; verbose?: boolean },
): void {
  process.stderr.write(`${describeFailure(error, options)}\n`)
}

export function describeFailure(
  error: unknown,
  options: { json?: boolean; verbose?: boolean },
): string {
  const code = isProvisoError(error) ? error.code : 'internal'
  const message = error instanceof Error ? error.message : String(error)
  const stack = options.verbose === true && error instanceof Error ? stackOf(error) : null
  if (options.json === true) {
    const details = isProvisoError(error) ? error.details : undefined
    return JSON.stringify({
      error: { code, message, ...(details && { details }), ...(stack !== null && { stack }) },
    })
  }
  const hint =
    code === 'internal' && stack === null ? '\nRun it again with --verbose to see where.' : ''
  return `error[${code}]: ${message}${hint}${stack === null ? '' : `\n${stack}`}`
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${stackOf(error.cause)}` : ''
  return `${error.stack ?? error.message}${cause}`
}
