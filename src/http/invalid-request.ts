import type { z } from '@hono/zod-openapi'
import { ProvisoError } from '../errors.ts'

/** Every problem that validation found, as one coded error. */
export function invalidRequest(
  { issues }: Pick<z.ZodError, 'issues'>,
  where: string,
): ProvisoError {
  const problems = issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }))
  const said = problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
  return new ProvisoError('invalid_request', `Not a valid request: ${said.join('; ')}.`, {
    details: { in: where, problems },
  })
}
