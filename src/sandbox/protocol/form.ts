import qs from 'qs'

/**
 * A form body or query string as a tree: `a[b][c]=v`, `a[0][b]=v`, `a[]=v`, percent-encoded or not,
 * and whole keys such as `recurring[interval]` that a client has already written out.
 */
export function decodeForm(encoded: string): Record<string, unknown> {
  return qs.parse(encoded, {
    depth: 12,
    arrayLimit: 1_000,
    parameterLimit: 10_000,
    allowDots: false,
    plainObjects: false,
    ignoreQueryPrefix: true,
  })
}
