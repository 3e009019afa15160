import { OpenAPIHono } from '@hono/zod-openapi'
import { ProvisoError } from '../errors.ts'

export interface AppEnv {
  Variables: { requestId: string }
}

export type Router = OpenAPIHono<AppEnv>

/** A router whose failed validations become one coded error that lists every problem. */
export function createRouter(): Router {
  return new OpenAPIHono<AppEnv>({
    defaultHook: (result) => {
      if (result.success) return
      const problems = result.error.issues.map((issue) => ({
        path: issue.path.join('.'),
        message: issue.message,
      }))
      const said = problems.map(({ path, message }) =>
        path === '' ? message : `${path}: ${message}`,
      )
      throw new ProvisoError('invalid_request', `Not a valid request: ${said.join('; ')}.`, {
        details: { in: result.target, problems },
      })
    },
  })
}
