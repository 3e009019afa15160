import type { SdkRoute } from './sdk/sdk-routes.ts'

/** Finds the route that a request goes to. */
export interface RouteTable {
  /** `path` as sent, without the query: `/v1/customers/cus_1`. Undefined: unknown to the SDK. */
  match(method: string, path: string): SdkRoute | undefined
}

export function createRouteTable(routes: readonly SdkRoute[]): RouteTable {
  const patterns = routes.map((route) => ({
    route,
    parts: route.path.split('/'),
    variables: route.path.split('{').length - 1,
  }))
  // `/v1/invoices/upcoming` before `/v1/invoices/{id}`.
  patterns.sort((a, b) => a.variables - b.variables)
  return {
    match(method, path) {
      const parts = path.split('/')
      return patterns.find(
        (pattern) =>
          pattern.route.method === method &&
          pattern.parts.length === parts.length &&
          pattern.parts.every((part, index) => part.startsWith('{') || part === parts[index]),
      )?.route
    },
  }
}
