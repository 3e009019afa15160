/** Anything that answers Requests: `createProviso(…)`, or an app of your own around it. */
export interface Fetchable {
  fetch(request: Request): Promise<Response>
}

export interface MountOptions {
  /** Path below which Proviso is mounted, e.g. `/billing`; it is taken off before routing. @defaultValue '' */
  basePath?: string
}

/** `url` (path and query) without the mount path. */
export function withoutBasePath(url: string, basePath: string | undefined): string {
  const prefix = (basePath ?? '').replace(/\/+$/, '')
  if (prefix === '' || !url.startsWith(prefix)) return url
  const rest = url.slice(prefix.length)
  if (rest === '' || rest.startsWith('?')) return `/${rest}`
  // "/billingx" is not below "/billing".
  return rest.startsWith('/') ? rest : url
}
