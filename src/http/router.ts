import { OpenAPIHono } from '@hono/zod-openapi'
import { invalidRequest } from './invalid-request.ts'

export interface AppEnv {
  Variables: { requestId: string }
}

export type Router = OpenAPIHono<AppEnv>

/** A router whose failed validations become one coded error that lists every problem. */
export function createRouter(): Router {
  return new OpenAPIHono<AppEnv>({
    defaultHook: (result) => {
      if (!result.success) throw invalidRequest(result.error, result.target)
    },
  })
}
